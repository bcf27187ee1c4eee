/** The actions on SASL: parsed messages in either profile, and nothing else. */
import test from 'ava';
import type { Element } from 'ltx';
import type { Do } from '../../../src/script/actions/index.ts';
import type { Moment } from '../../../src/script/moment.ts';
import { due, type Place } from '../../../src/script/script.ts';
import { element, serialise } from '../../../src/xmpp/elements.ts';
import { NS } from '../../../src/xmpp/namespaces.ts';

const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const PROOF = Buffer.from([1, 2, 3, 4]);
const FIRST = 'r=abcxyz,s=c2FsdA==,i=4096,h=hash';

const challenge = (data = FIRST, ns: string = NS.sasl) => element('challenge', ns, {}, base64(data));
const success = (data: string | Buffer) => element('success', NS.sasl, {}, base64(data));
const success2 = (data: string | Buffer) =>
  element('success', NS.sasl2, {}, element('additional-data', undefined, {}, base64(data)));

function apply(sent: Element, what: Do): boolean[] {
  const point = sent.getName() === 'features' ? 'features' : (sent.getName() as Place['point']);
  const moment: Moment = {
    point,
    phase: 'tls',
    outputs: [{ kind: 'element', element: sent }],
    handshake: null,
    lookup: null,
    split: null,
    join: false,
    fill: (text) => text,
    arm: () => undefined,
  };
  return due([{ on: point, do: what }], { point, phase: 'tls', connection: 1, endpoint: 'main' }).map(
    ({ action, params }) => action.apply(moment, params),
  );
}

const dataIn = (sent: Element) =>
  Buffer.from(/>([^<>]+)</.exec(serialise(sent))?.[1] ?? '', 'base64').toString('latin1');

const rows: [title: string, sent: Element, what: Do, data: string][] = [
  ['a foreign nonce', challenge(), { scram: { nonce: 'foreign' } }, 'r=0zyxcba,s=c2FsdA==,i=4096,h=hash'],
  ['a prefixed nonce', challenge(), { scram: { nonce: 'prefixed' } }, 'r=0abcxyz,s=c2FsdA==,i=4096,h=hash'],
  ['another count', challenge(), { scram: { iterations: 1 } }, 'r=abcxyz,s=c2FsdA==,i=1,h=hash'],
  ['an extension', challenge(), { scram: { extension: true } }, `m=unknown,${FIRST}`],
  ['over SASL2', challenge(FIRST, NS.sasl2), { scram: { iterations: 2 } }, 'r=abcxyz,s=c2FsdA==,i=2,h=hash'],
  [
    'a wrong signature',
    success(`v=${base64(PROOF)}`),
    { signature: 'wrong' },
    `v=${base64(Buffer.from([254, 253, 252, 251]))}`,
  ],
  ['half a signature', success(`v=${base64(PROOF)}`), { signature: 'short' }, `v=${base64(PROOF.subarray(0, 2))}`],
  ['a wrong proof of a token', success2(PROOF), { signature: 'wrong' }, '\xfe\xfd\xfc\xfb'],
  ['no signature', success(`v=${base64(PROOF)}`), { signature: 'missing' }, ''],
  ['no signature over SASL2', success2(`v=${base64(PROOF)}`), { signature: 'missing' }, ''],
];

for (const [title, sent, what, data] of rows) {
  test(title, (t) => {
    t.deepEqual(apply(sent, what), [true]);
    t.is(dataIn(sent), data);
  });
}

const untouched: [title: string, sent: Element, what: Do][] = [
  ['an empty challenge is none of SCRAM', element('challenge', NS.sasl), { scram: { iterations: 1 } }],
  ['a challenge of another mechanism', challenge('realm="x"'), { scram: { iterations: 1 } }],
  ['a success without proof', element('success', NS.sasl), { signature: 'wrong' }],
  ['a success of SASL2 without proof', element('success', NS.sasl2), { signature: 'missing' }],
  ['features without mechanisms', element('stream:features'), { mechanisms: ['PLAIN'] }],
];

for (const [title, sent, what] of untouched) {
  test(`no attack: ${title}`, (t) => {
    const before = serialise(sent);
    t.deepEqual(apply(sent, what), [false]);
    t.is(serialise(sent), before);
  });
}

test('mechanisms: in both lists, and nothing else of them', (t) => {
  const list = (name: string, ns: string, ...more: Element[]) =>
    element(name, ns, {}, element('mechanism', undefined, {}, 'SCRAM-SHA-1'), ...more);
  const sent = element(
    'stream:features',
    undefined,
    {},
    list('mechanisms', NS.sasl),
    list('authentication', NS.sasl2, element('inline')),
  );
  t.deepEqual(apply(sent, { mechanisms: ['PLAIN', 'X'] }), [true]);
  const both = '<mechanism>PLAIN</mechanism><mechanism>X</mechanism>';
  t.is(
    serialise(sent).replaceAll('"', "'"),
    `<stream:features><mechanisms xmlns='${NS.sasl}'>${both}</mechanisms><authentication xmlns='${NS.sasl2}'>${both}<inline/></authentication></stream:features>`,
  );
});
