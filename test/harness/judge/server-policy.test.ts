/** What the same transcript of a server is worth under what its administrator chose. */
import test from 'ava';
import { levelUnder } from '../../../harness/judge/findings.ts';
import { judge } from '../../../harness/judge/judge.ts';
import type { ServerPolicy, Verdict } from '../../../harness/result.ts';
import { loadScenarios } from '../../../harness/scenario/load.ts';
import type { ScenarioFields } from '../../../harness/scenario/scenario.ts';
import type { Happening, Peer, Phase } from '../../../src/transcript.ts';
import { good, strip } from './judging.ts';
import { end, on, type Step, scenario, toHello, transcript } from './transcripts.ts';

const { requirements } = await loadScenarios();

const REMOTE = 'remote.im.example';
const OWN = 'own.im.example';
const policies = {
  strict: { encryption: 'required', authentication: 'required', dialback: false },
  authenticated: { encryption: 'required', authentication: 'required', dialback: true },
  encrypted: { encryption: 'required', authentication: 'optional', dialback: true },
  opportunistic: { encryption: 'optional', authentication: 'optional', dialback: true },
} as const satisfies Record<string, ServerPolicy>;
type PolicyName = keyof typeof policies;

const c = on(1);
const at = (connection: number, phase: Phase) => ({ layer: 'xmpp', type: 'element', connection, phase }) as const;
const db = { name: 'result', ns: 'jabber:server:dialback' };
const key = (phase: Phase): Happening => ({
  ...{ ...at(1, phase), ...db, from: 'client', credential: 'dialback' },
  xml: `<db:result from='${OWN}' to='${REMOTE}'>key</db:result>`,
});
const result = (type: string, from = REMOTE, to = OWN): Happening => ({
  ...{ ...at(1, 'tls'), ...db, from: 'mallory' },
  xml: `<db:result from='${from}' to='${to}' type='${type}'/>`,
});
const stanza = (phase: Phase): Happening => ({
  ...at(1, phase),
  ...{ from: 'client', name: 'message', ns: 'jabber:server', credential: 'stanza', xml: '<message/>' },
});
const called = (connection: number): Happening[] => [
  {
    ...{ layer: 'tcp', type: 'connected', connection, endpoint: 's2s-listener', transport: 'starttls' },
    ...{ direction: 'out', remote: '127.0.0.1:9' },
  } as Happening,
  {
    ...at(connection, 'clear'),
    ...{ from: 'client', name: 'verify', ns: 'jabber:server:dialback', credential: 'dialback', xml: '<db:verify/>' },
  },
];
const letIn = (connection: number): Happening => ({
  ...({ layer: 'xmpp', type: 'authenticated', connection, phase: 'clear' } as const),
  ...{ from: 'mallory', mechanism: 'dialback', user: REMOTE },
});
const inTls = (peer: Peer) => [...toHello(), c.handshake(peer)];
const shown = (peer: Peer) => [...toHello(), c.acted(0, 'tls-handshake'), c.flight(peer), c.handshake(peer)];
const inClear = [c.connected(), c.header(), c.features('clear'), c.acted()];

const present: Partial<ScenarioFields> = { script: [{ on: 'tls-handshake', do: { present: 'self-signed' } }] };
const weak: Partial<ScenarioFields> = {
  script: [{ on: 'tls-handshake', do: { present: 'srv-id-wildcard' } }],
  expect: { never: { 'authenticated-to-weak': 'rfc9525-6.3-dns-id' } },
};
const stripDane: Partial<ScenarioFields> = {
  ...strip,
  entity: { dane: { tlsa: ['3 1 1'] } },
  expect: { never: { 'handed-over-in-clear': 'rfc7673-3.4-tls' } },
};
const nothing: Partial<ScenarioFields> = {};

function verdictOf(policy: PolicyName, fields: Partial<ScenarioFields>, steps: (Step | Step[])[]) {
  return judge({
    scenario: scenario({ namespaces: ['jabber:server'], ...fields }),
    transport: 'starttls',
    observations: transcript(...steps, end),
    canary: 'canary',
    domain: REMOTE,
    base: good,
    control: good,
    inapplicable: null,
    rules: { requirements, policy: 'rfc9525', server: policies[policy] },
  });
}

const underAll = (verdict: Verdict): Record<PolicyName, Verdict> => ({
  strict: verdict,
  authenticated: verdict,
  encrypted: verdict,
  opportunistic: verdict,
});

type Row = [string, Partial<ScenarioFields>, (Step | Step[])[], Record<PolicyName, Verdict>];
const rows: Row[] = [
  [
    'a dialback key in clear',
    strip,
    [inClear, key('clear'), c.closed()],
    { strict: 'fail', authenticated: 'fail', encrypted: 'fail', opportunistic: 'warn' },
  ],
  [
    'a dialback key in clear, where signed DNS demands TLS',
    stripDane,
    [inClear, key('clear'), c.closed()],
    underAll('fail'),
  ],
  [
    'a question about a key in clear, where signed DNS demands TLS',
    stripDane,
    [inClear, { ...key('clear'), name: 'verify' } as Happening, c.closed()],
    underAll('pass'),
  ],
  [
    'a dialback key to a peer that proves nothing',
    present,
    [shown('untrusted'), key('tls'), c.closed()],
    { strict: 'fail', authenticated: 'fail', encrypted: 'warn', opportunistic: 'warn' },
  ],
  [
    'a dialback key to a peer that proves little',
    weak,
    [shown('weak'), key('tls'), c.closed()],
    { strict: 'fail', authenticated: 'fail', encrypted: 'warn', opportunistic: 'warn' },
  ],
  [
    'a dialback key to an honest peer',
    nothing,
    [inTls('honest'), key('tls'), result('valid'), stanza('authenticated'), c.closed()],
    { strict: 'fail', authenticated: 'pass', encrypted: 'pass', opportunistic: 'pass' },
  ],
  ['a stanza without anything', nothing, [inTls('honest'), stanza('tls'), c.closed()], underAll('fail')],
  [
    'a stanza after a result for another sender',
    nothing,
    [inTls('honest'), key('tls'), result('valid', REMOTE, 'else.example'), stanza('tls'), c.closed()],
    underAll('fail'),
  ],
  [
    'a stanza after an invalid result',
    nothing,
    [inTls('honest'), key('tls'), result('invalid'), stanza('tls'), c.closed()],
    underAll('fail'),
  ],
  [
    'a stanza after a result that came before the key',
    nothing,
    [inTls('honest'), result('valid'), key('tls'), stanza('tls'), c.closed()],
    underAll('fail'),
  ],
  [
    "what the server answers on Mallory's own connection",
    nothing,
    [inTls('honest'), called(2), c.closed()],
    underAll('pass'),
  ],
  [
    'that it lets Mallory in on her own connection, in clear',
    nothing,
    [inTls('honest'), called(2), letIn(2), c.closed()],
    underAll('pass'),
  ],
];

for (const [what, fields, steps, expected] of rows) {
  test(`${what}: ${Object.entries(expected)
    .map((one) => one.join(' '))
    .join(', ')}`, (t) => {
    const found = Object.keys(expected).map((policy) => [
      policy,
      verdictOf(policy as PolicyName, fields, steps).verdict,
    ]);
    t.deepEqual(Object.fromEntries(found), expected);
  });
}

test('a finding names the clause for servers', (t) => {
  const { findings } = verdictOf('encrypted', present, [shown('untrusted'), key('tls'), c.closed()]);
  t.deepEqual(
    findings.map(({ code, requirement, level }) => [code, requirement, level]),
    [['stanza-to-untrusted', 'rfc7590-3.4-server-authentication', 'should']],
  );
});

test('a level may depend on the policy of the RFCs, or of the administrator', (t) => {
  const encryption = { 'encryption-required': 'must', 'encryption-optional': 'should' } as const;
  t.is(levelUnder('info', 'rfc9525', undefined), 'info');
  t.is(levelUnder({ rfc9525: 'must', rfc6125: 'info' }, 'rfc6125', policies.strict), 'info');
  t.is(levelUnder(encryption, 'rfc9525', policies.strict), 'must');
  t.is(levelUnder(encryption, 'rfc9525', policies.opportunistic), 'should');
  t.is(levelUnder(encryption, 'rfc9525', undefined), 'must');
});
