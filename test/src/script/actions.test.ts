import test from 'ava';
import * as zod from 'zod';
import { type ActionName, actions, type Do } from '../../../src/script/actions/index.ts';
import type { HandshakePlan, Moment, Output } from '../../../src/script/moment.ts';
import { POINTS, type Point } from '../../../src/script/points.ts';
import { scriptItemSchema } from '../../../src/script/schema.ts';
import { due } from '../../../src/script/script.ts';
import { element, serialise } from '../../../src/xmpp/elements.ts';
import { NS } from '../../../src/xmpp/namespaces.ts';

const features = () =>
  element(
    'stream:features',
    undefined,
    {},
    element('starttls', NS.tls, {}, element('required')),
    element('mechanisms', NS.sasl, {}, element('mechanism', undefined, {}, 'PLAIN')),
  );

const HEADER = "<stream:stream id='1' version='1.0'>";

/** What a moment leaves on the wire, in words. */
function written(outputs: Output[]): string {
  return outputs
    .map((output) => {
      if (output.kind === 'element') return serialise(output.element).replaceAll('"', "'");
      if (output.kind === 'raw') return `${output.segment === 'next' ? `|${output.afterMs}|` : ''}${output.bytes}`;
      if (output.kind !== 'header') return `[${output.kind}]`;
      const attributes = Object.entries(output.attributes).map(([name, value]) =>
        value === null ? '' : ` ${name}='${value}'`,
      );
      return `${output.prolog ? '<?xml?>' : ''}<stream:stream${attributes.join('')}>`;
    })
    .join('');
}

function apply(point: Point, what: Do) {
  const armed: string[] = [];
  const handshake: HandshakePlan | null =
    point === 'tls-handshake'
      ? {
          credential: 'valid',
          minVersion: 'TLSv1.2',
          maxVersion: 'TLSv1.3',
          ciphers: null,
          extendedMasterSecret: true,
          resume: false,
          instead: null,
        }
      : null;
  const outputs: Output[] =
    point === 'features'
      ? [{ kind: 'element', element: features() }]
      : point === 'header'
        ? [{ kind: 'header', prolog: true, attributes: { id: '1', version: '1.0' } }]
        : [];
  const moment: Moment = {
    point,
    phase: 'clear',
    outputs,
    handshake,
    lookup: null,
    split: null,
    join: false,
    fill: (text) => text.replace('{domain}', 'd.test'),
    arm: (when, at, output) => armed.push(`${when} ${at}: ${written([output])}`),
  };
  const taken = due([{ on: point, do: what }], { point, phase: 'clear', connection: 1, endpoint: 'main' });
  const changed = taken.map(({ action, params }) => action.apply(moment, params));
  return { moment, changed, armed };
}

const STARTTLS = `<starttls xmlns='${NS.tls}'><required/></starttls>`;
const MECHANISMS = `<mechanisms xmlns='${NS.sasl}'><mechanism>PLAIN</mechanism></mechanisms>`;
const OFFER = `<stream:features>${STARTTLS}${MECHANISMS}</stream:features>`;

const onFeatures: [title: string, what: Do, wire: string, changed?: boolean][] = [
  ['remove a child', { remove: 'starttls' }, `<stream:features>${MECHANISMS}</stream:features>`],
  [
    'remove a grandchild',
    { remove: 'required' },
    `<stream:features><starttls xmlns='${NS.tls}'/>${MECHANISMS}</stream:features>`,
  ],
  ['remove several', { remove: ['starttls', 'mechanisms'] }, '<stream:features/>'],
  ['remove all children', { remove: 'children' }, '<stream:features/>'],
  ['remove what is not there: no attack', { remove: 'bind' }, OFFER, false],
  ['add at the end', { add: '<x xmlns="u"/>' }, OFFER.replace('</stream:f', "<x xmlns='u'/></stream:f")],
  [
    'add at the beginning',
    { add: { xml: '<x xmlns="u"/>', first: true } },
    OFFER.replace('<starttls', "<x xmlns='u'/><starttls"),
  ],
  ['rename', { rename: { element: 'starttls', namespace: 'u' } }, OFFER.replace(NS.tls, 'u')],
  [
    'prefix',
    { prefix: { element: 'starttls', prefix: 't' } },
    OFFER.replace(STARTTLS, `<t:starttls xmlns:t='${NS.tls}'><t:required/></t:starttls>`),
  ],
  [
    'set attributes, and take one away',
    { attributes: { element: 'mechanisms', set: { a: '{domain}', b: null } } },
    OFFER.replace(`xmlns='${NS.sasl}'`, `xmlns='${NS.sasl}' a='d.test'`),
  ],
  ['attributes of what is not there: no attack', { attributes: { element: 'bind', set: {} } }, OFFER, false],
  ['order', { order: ['mechanisms'] }, `<stream:features>${MECHANISMS}${STARTTLS}</stream:features>`],
  ['replace, with variables', { replace: '<x>{domain}' }, '<x>d.test'],
  ['drop', { drop: true }, ''],
  ['inject behind', { inject: { xml: '<x/>' } }, `${OFFER}<x/>`],
  ['inject before', { inject: { xml: '<x/>', before: 'features' } }, `<x/>${OFFER}`],
  ['inject in a segment of its own', { inject: { xml: '<x/>', segment: 'next' } }, `${OFFER}|0|<x/>`],
  ['inject later', { inject: { xml: '<x/>', 'after-ms': 50 } }, `${OFFER}|50|<x/>`],
  ['inject bytes', { inject: { bytes: Buffer.from('hello').toString('base64') } }, `${OFFER}hello`],
  ['close instead', { close: 'instead' }, '[end]'],
  ['close after', { close: 'after' }, `${OFFER}[end]`],
  ['reset instead', { reset: 'instead' }, '[reset]'],
  ['stall', { stall: true }, '[stall]'],
  [
    'two actions, in the order of the table',
    { inject: { xml: '<x/>' }, remove: 'starttls' },
    `<stream:features>${MECHANISMS}</stream:features><x/>`,
  ],
];

for (const [title, what, wire, changed = true] of onFeatures) {
  test(title, (t) => {
    const result = apply('features', what);
    t.is(written(result.moment.outputs), wire);
    t.true(result.changed.every((one) => one === changed));
  });
}

const onHeader: [title: string, what: Do, wire: string][] = [
  ['set an attribute', { set: { version: '0.9' } }, `<?xml?>${HEADER.replace('1.0', '0.9')}`],
  ['leave an attribute out', { set: { version: null } }, "<?xml?><stream:stream id='1'>"],
  ['remove the XML declaration', { remove: 'prolog' }, HEADER],
];

for (const [title, what, wire] of onHeader) {
  test(title, (t) => t.is(written(apply('header', what).moment.outputs), wire));
}

const onHandshake: [title: string, what: Do, plan: Partial<HandshakePlan>][] = [
  ['present', { present: 'expired' }, { credential: 'expired' }],
  ['negotiate a version', { negotiate: { min: 'TLSv1', max: 'TLSv1' } }, { minVersion: 'TLSv1', maxVersion: 'TLSv1' }],
  [
    'negotiate suites: below TLS 1.3, where a cipher string chooses',
    { negotiate: { ciphers: 'aNULL' } },
    { ciphers: 'aNULL', maxVersion: 'TLSv1.2' },
  ],
  ['alert', { alert: 40 }, { instead: { kind: 'alert', description: 40 } }],
  ['stay in clear', { 'stay-in-clear': true }, { instead: { kind: 'clear', alert: null } }],
  ['go on in clear', { 'stay-in-clear': { 'after-alert': 80 } }, { instead: { kind: 'clear', alert: 80 } }],
];

for (const [title, what, plan] of onHandshake) {
  test(title, (t) => {
    t.like(apply('tls-handshake', what).moment.handshake, plan);
  });
}

test('inject at a later point waits for it', (t) => {
  const { moment, armed } = apply('features', { inject: { xml: '<x/>', after: 'proceed' } });
  t.is(written(moment.outputs), OFFER);
  t.deepEqual(armed, ['after proceed: <x/>']);
});

test('split and join say how to write', (t) => {
  t.deepEqual(apply('features', { split: [3, 5] }).moment.split, [3, 5]);
  t.true(apply('features', { join: true }).moment.join);
});

const places: [item: Record<string, unknown>, place: [number, string, string], taken: boolean][] = [
  [{}, [1, 'main', 'clear'], true],
  [{}, [7, 'main', 'authenticated'], true],
  [{}, [1, 'elsewhere', 'clear'], false],
  [{ at: 'elsewhere' }, [1, 'elsewhere', 'clear'], true],
  [{ in: 'tls' }, [1, 'main', 'clear'], false],
  [{ in: 'tls' }, [1, 'main', 'tls'], true],
  [{ connection: 2 }, [1, 'main', 'clear'], false],
  [{ connection: 2 }, [2, 'main', 'clear'], true],
  [{ connection: 2 }, [3, 'main', 'clear'], false],
  [{ connection: '2' }, [3, 'main', 'clear'], false],
  [{ connection: '2+' }, [1, 'main', 'clear'], false],
  [{ connection: '2+' }, [3, 'main', 'clear'], true],
];

for (const [item, [connection, endpoint, phase], taken] of places) {
  test(`${JSON.stringify(item)} on connection ${connection} of ${endpoint}, ${phase}`, (t) => {
    const script = [{ on: 'features', do: { drop: true }, ...item } as const];
    const place = { point: 'features', phase: phase as 'clear', connection, endpoint } as const;
    t.is(due(script, place).length > 0, taken);
  });
}

const schema = scriptItemSchema(zod);
const items: [title: string, item: unknown, message: RegExp | null][] = [
  ['a good item', { on: 'features', do: { remove: 'starttls' } }, null],
  ['an unknown point', { on: 'future', do: { drop: true } }, /features/],
  ['an unknown action', { on: 'features', do: { remoev: 'starttls' } }, /remoev/],
  ['no action', { on: 'features', do: {} }, /at least one action/],
  [
    'an action where it cannot act',
    { on: 'features', do: { present: 'expired' } },
    /present cannot act on features; it can on tls-handshake/,
  ],
  [
    'an answer to DNS',
    { on: 'lookup', do: { answer: { type: 'SRV', with: ['0 5 {endpoint.x.port} {domain}.'] } } },
    null,
  ],
  ['records without a type', { on: 'lookup', do: { answer: { with: ['0 0 0 .'] } } }, /records need a type/],
  [
    'a record that is none',
    { on: 'lookup', do: { answer: { type: 'SRV', with: ['5222 a.test'] } } },
    /no record of SRV: priority/,
  ],
  ['a lookup that is stalled', { on: 'lookup', do: { stall: true } }, /stall cannot act on lookup/],
  ['inject of nothing', { on: 'features', do: { inject: {} } }, /either xml or bytes/],
  ['a connection that is no number', { on: 'features', connection: 'two', do: { drop: true } }, /number/],
];

for (const [title, item, message] of items) {
  test(`schema: ${title}`, (t) => {
    const { success, error } = schema.safeParse(item);
    t.is(success, message === null);
    if (message) t.regex(JSON.stringify(error?.issues), message);
  });
}

test('every action acts on points that there are', (t) => {
  for (const name of Object.keys(actions) as ActionName[])
    for (const point of actions[name].points) t.true(POINTS.includes(point), `${name} on ${point}`);
});
