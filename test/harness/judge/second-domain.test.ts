/** What a server does for a second domain at the host and port of a first one, and what Mallory says in its name. */
import test from 'ava';
import { judge } from '../../../harness/judge/judge.ts';
import type { Verdict } from '../../../harness/result.ts';
import { loadScenarios } from '../../../harness/scenario/load.ts';
import type { ScenarioFields } from '../../../harness/scenario/scenario.ts';
import type { Happening } from '../../../src/transcript.ts';
import { good } from './judging.ts';
import { end, exit, limit, on, type Step, scenario, transcript } from './transcripts.ts';

const { requirements } = await loadScenarios();

const FIRST = 'first.im.example';
const SECOND = 'second.im.example';
const OWN = 'own.im.example';

const element = (
  connection: number,
  from: 'client' | 'mallory',
  name: string,
  xml: string,
  more: object = {},
): Happening => ({
  ...({ layer: 'xmpp', type: 'element', connection, phase: 'tls', from, name, ns: 'x', xml } as const),
  ...more,
});
const stanza = (connection: number, to: string) =>
  element(connection, 'client', 'message', `<message from='romeo@${OWN}' to='juliet@${to}'/>`, {
    credential: 'stanza',
  });
const key = (connection: number, to: string) =>
  element(connection, 'client', 'result', `<db:result from='${OWN}' to='${to}'>k</db:result>`, {
    credential: 'dialback',
  });
const valid = (connection: number, from: string) =>
  element(connection, 'mallory', 'result', `<db:result from='${from}' to='${OWN}' type='valid'/>`);
const external = (connection: number) =>
  element(connection, 'client', 'auth', "<auth mechanism='EXTERNAL'/>", {
    credential: 'sasl',
    mechanism: 'EXTERNAL',
  });
const success = (connection: number) => element(connection, 'mallory', 'success', '<success/>');
const accepted = (connection: number, domain: string): Happening => ({
  ...({ layer: 'xmpp', type: 'accepted', connection, phase: 'authenticated', from: 'mallory' } as const),
  ...{ jid: `romeo@${OWN}`, domain },
});
const told: Happening = { layer: 'process', type: 'told', domain: SECOND };
const query = {
  ...({ layer: 'dns', type: 'query', from: 'client', over: 'udp', wanted: 'SRV' } as const),
  name: `_xmpp-server._tcp.${SECOND}`,
} satisfies Happening;
const handshake = (connection: number, credential: string): Happening =>
  ({ ...on(connection).handshake(), credential, clientCertificate: true }) as Happening;
const opened = (connection: number, to: string, credential = 'valid'): Step[] => [
  on(connection).connected(),
  on(connection).header(),
  on(connection).starttls(),
  on(connection).hello(),
  handshake(connection, credential),
  on(connection).header('tls', 'client', { from: OWN, to }),
];
const delivered = (credential = 'valid'): Step[] => [
  ...opened(1, FIRST, credential),
  external(1),
  success(1),
  on(1).header('authenticated', 'client', { from: OWN, to: FIRST }),
  stanza(1, FIRST),
  accepted(1, FIRST),
];
const gaveUp = exit(1);

const second: Partial<ScenarioFields> = {
  entity: { 'second-domain': true },
  expect: { never: { 'sent-to-second-domain': 'rfc7712-4.4.2-certificate-of-both' } },
};
const sender: Partial<ScenarioFields> = {
  entity: { 'second-domain': true, call: 'request-of-another' },
  needs: ['s2s-listener'],
  expect: { never: { 'answered-unproven': 'rfc6120-8.1.2.2-validated-from' } },
};

function verdictOf(fields: Partial<ScenarioFields>, steps: (Step | Step[])[]) {
  return judge({
    scenario: scenario({ namespaces: ['jabber:server'], ...fields }),
    transport: 'starttls',
    observations: transcript(...steps, end),
    ...{ canary: 'canary', domain: FIRST, base: good, control: good, inapplicable: null },
    rules: {
      requirements,
      policy: 'rfc9525',
      server: { encryption: 'required', authentication: 'required', dialback: true },
    },
  });
}

const rows: [string, (Step | Step[])[], Verdict, string[]][] = [
  ['no stanza ever comes, and it is not told of the second domain', [opened(1, FIRST), gaveUp], 'inconclusive', []],
  ['it looks for the second domain and gives the stanza back', [delivered(), told, query, gaveUp], 'pass', []],
  [
    'it opens a stream for the second domain and leaves when it sees the certificate',
    [delivered(), told, query, opened(2, SECOND), on(2).closed(), gaveUp],
    'pass',
    [],
  ],
  [
    'it opens a stream for the second domain and logs in there',
    [delivered(), told, query, opened(2, SECOND), external(2), gaveUp],
    'fail',
    ['sent-to-second-domain'],
  ],
  [
    'it sends a key for the second domain over the stream to the first',
    [delivered(), told, query, key(1, SECOND), gaveUp],
    'fail',
    ['sent-to-second-domain'],
  ],
  [
    'it sends the stanza over the stream to the first, without asking',
    [delivered(), told, query, stanza(1, SECOND), gaveUp],
    'fail',
    ['sent-to-second-domain', 'stanza-before-proof'],
  ],
  [
    'it rides on a stream whose certificate is good for both, and asks',
    [delivered('valid-second-domain'), told, query, key(1, SECOND), valid(1, SECOND), stanza(1, SECOND), gaveUp],
    'pass',
    [],
  ],
  [
    'it rides on a stream whose certificate is good for both, and takes the answer about the first for one about the second',
    [delivered('valid-second-domain'), told, query, key(1, SECOND), valid(1, FIRST), stanza(1, SECOND), gaveUp],
    'fail',
    ['stanza-before-proof'],
  ],
  [
    'it looks for the second domain, in letters of either case, and leaves it at that',
    [delivered(), told, { ...query, name: query.name.toUpperCase() }, { after: 900, happening: limit('idle') }],
    'pass',
    [],
  ],
  [
    'it looks for the second domain only just before the limit',
    [delivered(), told, query, { after: 900, happening: limit() }],
    'inconclusive',
    [],
  ],
  ['it does nothing more for a long time', [delivered(), told, { after: 9_000, happening: limit() }], 'pass', []],
  [
    'it is told only just before the limit',
    [delivered(), told, { after: 900, happening: limit() }],
    'inconclusive',
    [],
  ],
];

for (const [what, steps, verdict, codes] of rows) {
  test(`${what}: ${verdict}`, (t) => {
    const found = verdictOf(second, steps);
    t.deepEqual(
      [found.verdict, found.findings.map(({ code }) => code).sort()],
      [verdict, codes],
      found.reason ?? undefined,
    );
  });
}

const own = { ...on(1).connected('s2s-listener'), direction: 'out' } as Happening;
const asked = element(1, 'mallory', 'iq', '<iq/>', { iq: { type: 'get', id: 'canary' } });
const answered = element(2, 'client', 'iq', '<iq/>', { credential: 'stanza', iq: { type: 'result', id: 'canary' } });
const back = [...opened(2, SECOND), external(2), success(2), on(2).header('tls', 'client', { to: SECOND })];

const calls: [string, (Step | Step[])[], Verdict][] = [
  ['Mallory is not let in, and says nothing', [own, gaveUp], 'inconclusive'],
  ['a request of the second domain is not answered', [own, asked, on(1).closed('client'), gaveUp], 'pass'],
  ['a request of the second domain is answered', [own, asked, back, answered, gaveUp], 'fail'],
];
for (const [what, steps, verdict] of calls) {
  test(`${what}: ${verdict}`, (t) => t.is(verdictOf(sender, steps).verdict, verdict));
}
