import test from 'ava';
import { ladderText } from '../../../harness/report/ladder-text.ts';
import { plannedLadder } from '../../../harness/report/planned-ladder.ts';
import { loadScenarios } from '../../../harness/scenario/load.ts';
import { resolveScenarios } from '../../../harness/scenario/resolve.ts';
import type { ScenarioFields } from '../../../harness/scenario/scenario.ts';
import type { Calling } from '../../../src/services/call.ts';

const catalogue = await loadScenarios();

const scenario = (fields: Partial<ScenarioFields>) => {
  const [one] = resolveScenarios({ id: 'a/b', title: 'T', description: 'D', importance: 'low', ...fields }, 'a.yaml');
  if (!one) throw new Error('a file without cases is one scenario');
  return one;
};

const remove = { remove: 'starttls' } as const;
const close = { close: 'after' } as const;

/** Where Mallory tampers, and how: protection, what is said there, the deed. */
const table: [what: string, fields: Partial<ScenarioFields>, transport: 'starttls' | 'direct', tampered: string[]][] = [
  ['nothing', {}, 'starttls', []],
  [
    'one phase',
    { script: [{ on: 'features', in: 'clear', do: remove }] },
    'starttls',
    ['clear features: starttls: remove: starttls'],
  ],
  [
    'not there over direct TLS',
    { script: [{ on: 'proceed', do: close }] },
    'direct',
    ['tls should it come to proceed: close: after'],
  ],
  [
    'wherever the point occurs',
    { script: [{ on: 'header', do: close }] },
    'starttls',
    ['clear <stream:stream>: close: after', 'tls <stream:stream>: close: after', 'tls <stream:stream>: close: after'],
  ],
  [
    'the handshake',
    { script: [{ on: 'tls-handshake', do: { present: 'expired' } }] },
    'direct',
    ['handshake ServerHello, certificate: valid: present: expired'],
  ],
  [
    'its own credential',
    { entity: { credential: 'expired' } },
    'direct',
    ['handshake ServerHello, certificate: expired: presents expired'],
  ],
  [
    'a login in clear',
    { entity: { mechanisms: { clear: ['PLAIN'] } } },
    'starttls',
    ['clear features: starttls, PLAIN: offers a login in clear'],
  ],
  [
    'behind the login',
    {
      script: [
        { on: 'bind', do: close },
        { on: 'online', do: { close: 'instead' } },
      ],
    },
    'direct',
    ['tls <iq type="result"> bind: close: after', 'tls the client is online: close: instead'],
  ],
];
for (const [what, fields, transport, wanted] of table) {
  test(`tampered with: ${what}`, (t) => {
    const rungs = plannedLadder(scenario(fields), transport).flatMap((part) => part.rungs);
    t.deepEqual(
      rungs.flatMap(({ protection, text, tampered }) => tampered.map((deed) => `${protection} ${text}: ${deed}`)),
      wanted,
    );
  });
}

const server = { namespaces: ['jabber:server'] } satisfies Partial<ScenarioFields>;

test('a second domain comes behind the first stanza, and is marked where the certificate is not for it', (t) => {
  const rungsOf = (credential: string) =>
    plannedLadder(scenario({ ...server, entity: { 'second-domain': true, credential } }), 'direct')[0]?.rungs.slice(-3);
  t.deepEqual(
    rungsOf('valid')?.map(({ text, tampered }) => [text, tampered.length]),
    [
      ['the server is told to send to a second domain, which DNS puts here, too', 0],
      ['<db:result> with a key, for the second domain', 1],
      ['<message> to the second domain', 0],
    ],
  );
  t.true(rungsOf('valid-second-domain')?.every(({ tampered }) => tampered.length === 0));
});

/** What Mallory says on her own stream, and the last words on the one by which the server looks for the domain. */
const called: [call: Calling, mallory: string[], last: string, tampered: number][] = [
  ['key', ['<db:result> with a key'], '<db:verify type="valid">', 0],
  ['own-answer', ['<db:result> with a key', '<db:verify type="valid">'], '<db:verify type="invalid">', 1],
  ['own-answer-first', ['<db:verify type="valid">', '<db:result> with a key'], '<db:verify type="invalid">', 1],
  ['request', ['<auth mechanism="EXTERNAL"> or <db:result> with a key', '<iq> ping'], '<iq type="result">', 0],
  [
    'request-of-another',
    ['<auth mechanism="EXTERNAL"> or <db:result> with a key', '<iq> ping'],
    '<iq type="result">',
    1,
  ],
];
for (const [call, mallory, last, tampered] of called) {
  test(`Mallory comes first: ${call}`, (t) => {
    const parts = plannedLadder(scenario({ ...server, entity: { call }, needs: ['s2s-listener'] }), 'starttls');
    const [own, asked] = parts;
    t.is(parts.length, 2);
    t.deepEqual(
      own?.rungs.flatMap(({ from, text }) => (from === 'mallory' ? [text] : [])),
      mallory,
    );
    t.is(own?.rungs.flatMap((rung) => rung.tampered).length, tampered);
    t.is(asked?.rungs.at(-1)?.text, last);
  });
}

test('other connections and endpoints stand by themselves, with what is tampered with there', (t) => {
  const script = [
    { on: 'online', connection: 1, do: { close: 'instead' } },
    { on: 'features', in: 'clear', connection: '2+', do: remove },
    { on: 'header', in: 'clear', at: 'elsewhere', do: close },
  ] as const;
  const parts = plannedLadder(scenario({ script: [...script] }), 'starttls');
  t.deepEqual(
    parts.map(({ title }) => title),
    [null, 'on connection 2 and all later ones', 'at "elsewhere"'],
  );
  t.deepEqual(
    parts.slice(1).map(({ rungs }) => rungs.length),
    [1, 1],
  );
});

const mechanisms: [fields: Partial<ScenarioFields>, said: string[]][] = [
  [{ entity: { mechanisms: { tls: ['PLAIN'] } } }, ['<auth mechanism="PLAIN">', '<success>']],
  [
    { entity: { mechanisms: { tls: ['SCRAM-SHA-1'] } } },
    ['<auth mechanism="SCRAM-SHA-1">', '<challenge>', '<response>', '<success>'],
  ],
  [
    { entity: { mechanisms: { tls: [] }, sasl2: { tls: ['PLAIN'] } } },
    ['<authenticate mechanism="PLAIN">', '<success> with bind'],
  ],
  [{ entity: { mechanisms: { tls: [] }, 'iq-auth': { tls: true } } }, ['<iq> jabber:iq:auth', '<iq type="result">']],
];
for (const [fields, said] of mechanisms) {
  test(`the login: ${said.join(' ')}`, (t) => {
    const texts = plannedLadder(scenario(fields), 'direct').flatMap(({ rungs }) => rungs.map(({ text }) => text));
    const from = texts.indexOf(said[0] ?? '');
    t.deepEqual(texts.slice(from, from + said.length), said);
  });
}

test('every action of every scenario is on its ladder, and no line is wider than it may be', (t) => {
  for (const one of catalogue.scenarios) {
    for (const transport of one.transports) {
      const parts = plannedLadder(one, transport);
      const deeds = parts.flatMap(({ rungs }) => rungs.flatMap(({ tampered }) => tampered));
      for (const name of one.script.flatMap((item) => Object.keys(item.do)))
        t.true(
          deeds.some((deed) => deed.startsWith(name)),
          `${one.id}: ${name}`,
        );
      for (const width of [36, 60, 100])
        t.deepEqual(
          ladderText(parts, width).filter((line) => line.length > width),
          [],
        );
    }
  }
});

test('it looks like this', (t) => {
  const fields = { script: [{ on: 'features', in: 'clear', do: remove }] } as const;
  const lines = ladderText(plannedLadder(scenario({ script: [...fields.script] }), 'starttls'), 46);
  t.deepEqual(lines.slice(0, 9), [
    '         client                      Mallory',
    '  clear  |   (the client connects)          |',
    '  clear  |-- <stream:stream> -------------->|',
    '  clear  |<- <stream:stream> ---------------|',
    '! clear  |<- features: starttls ------------|',
    '!        |   ! remove: starttls             |',
    '  clear  |-- <starttls/> ------------------>|',
    '  clear  |<- <proceed/> --------------------|',
    '  hello  |~~ ClientHello ~~~~~~~~~~~~~~~~~~>|',
  ]);
});
