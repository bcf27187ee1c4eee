import test from 'ava';
import type { Case, ControlFacts } from '../../../harness/judge/judge.ts';
import { judge } from '../../../harness/judge/judge.ts';
import type { Verdict } from '../../../harness/result.ts';
import type { Requirement } from '../../../harness/scenario/catalogue.ts';
import type { ScenarioFields } from '../../../harness/scenario/scenario.ts';
import { claim, end, exit, limit, login, on, type Step, scenario, transcript } from './transcripts.ts';

const entry = (level: Requirement['level'], checked: Requirement['checked'] = 'text'): Requirement => ({
  source: 'RFC',
  section: '1',
  level,
  text: 'T',
  checked,
});
const requirements = {
  'rfc7590-3.1-not-deterred': entry('must'),
  'rfc7590-3.4-authenticate-server': entry('must'),
  'a-must': entry('must'),
  'a-should': entry('should'),
  'an-info': entry('info'),
  'from-memory': entry('must', 'knowledge'),
  'by-policy': entry({ rfc9525: 'must', rfc6125: 'info' }),
};

const good: ControlFacts = { profile: 'p', state: 'ok', reason: null, loginMs: 100, helloKind: 'usual' };
const failed: ControlFacts = { ...good, state: 'failed', reason: 'it failed' };
const c = on(1);
const d = on(2);

const strip: Partial<ScenarioFields> = { script: [{ on: 'features', in: 'clear', do: { remove: 'starttls' } }] };
const sentOn: Partial<ScenarioFields> = {
  endpoints: { elsewhere: {} },
  script: [
    { on: 'features', do: { replace: '<stream:error/>' } },
    { on: 'features', at: 'elsewhere', do: { remove: 'starttls' } },
  ],
};
const expired: Partial<ScenarioFields> = { script: [{ on: 'tls-handshake', do: { present: 'expired' } }] };
const revoked: Partial<ScenarioFields> = { script: [{ on: 'tls-handshake', do: { present: 'staple-revoked' } }] };
const old: Partial<ScenarioFields> = {
  script: [{ on: 'tls-handshake', do: { negotiate: { max: 'TLSv1' } } }],
  expect: { never: { 'authenticated-to-weak': 'a-must', 'negotiated-weak': 'a-should' } },
};
const stripped = [c.connected(), c.header(), c.features('clear', 'PLAIN'), c.acted()];
const shown = [
  c.connected(),
  c.header(),
  c.features('clear'),
  c.starttls(),
  c.hello(),
  c.acted(0, 'tls-handshake'),
  c.flight('untrusted'),
];
const asksForStaple = [c.connected(), c.hello('usual', undefined, [5]), c.acted(0, 'tls-handshake')];
const spokeOld = [
  c.connected(),
  c.header(),
  c.features('clear'),
  c.starttls(),
  c.hello(),
  c.acted(0, 'tls-handshake'),
  c.handshake('weak'),
];
const forged: Partial<ScenarioFields> = {
  script: [{ on: 'tls-handshake', do: { forge: { suite: 0xc008 } } }],
  expect: { never: { 'accepted-forgery': 'a-should', 'accepted-unoffered': 'a-must' } },
};
const forging = [c.connected(), c.hello(), c.acted(0, 'tls-handshake')];
const done: Step[] = [exit(1), end];
const dropped: Step = { layer: 'run', type: 'dropped', observations: 7 };

interface Row {
  title: string;
  the?: Partial<ScenarioFields> & { id?: string };
  steps: (Step | Step[])[];
  want: Verdict;
  reason?: RegExp;
  codes?: string[];
  around?: Partial<Case>;
}

const order: Partial<ScenarioFields> = {
  script: [{ on: 'features', in: 'tls', do: { mechanisms: ['PLAIN', 'SCRAM-SHA-1'] } }],
  needs: ['scram'],
  expect: { never: { 'used-plain': 'a-must' } },
};
const reordered = [
  ...login().slice(0, 9),
  c.acted(0, 'features', 'tls'),
  c.auth('tls', 'PLAIN'),
  c.bound(),
  c.closed(),
];

const rows: Row[] = [
  // Forged handshakes.
  { title: 'forged, refused', the: forged, steps: [forging, c.forged(), c.record('alert'), done], want: 'pass' },
  {
    title: 'forged, and accepted what was offered',
    the: forged,
    steps: [forging, c.forged(), c.record('client-key-exchange'), done],
    want: 'warn',
    codes: ['accepted-forgery'],
  },
  {
    title: 'forged, and accepted what was not offered',
    the: forged,
    steps: [forging, c.forged(false), c.record('client-key-exchange'), done],
    want: 'fail',
    codes: ['accepted-forgery', 'accepted-unoffered'],
  },
  {
    title: 'forged, and something else sent than accepts it',
    the: forged,
    steps: [forging, c.forged(false, 'finished'), c.record('change-cipher-spec'), c.closed(), done],
    want: 'pass',
  },
  {
    title: 'nothing forged: the client left before',
    the: forged,
    steps: [forging, c.closed(), done],
    want: 'inconclusive',
    reason: /left before/,
  },
  {
    title: 'nothing forged: not offered',
    the: forged,
    steps: [forging, c.failed('mallory', 'not-offered'), c.closed(), done],
    want: 'pass',
    reason: /^not-offered/,
    around: { control: { ...good, state: 'not-offered', reason: 'nor there' } },
  },
  {
    title: 'nothing forged: this machine cannot',
    the: forged,
    steps: [forging, c.failed('mallory', 'incapable'), c.closed(), done],
    want: 'inconclusive',
    reason: /cannot be forged here/,
  },
  {
    title: 'forged, refused, and so is the correct flight',
    the: forged,
    steps: [forging, c.forged(), c.record('alert'), done],
    want: 'skip',
    around: { control: failed },
  },
  {
    title: 'forged, refused, and the correct flight could not be forged',
    the: forged,
    steps: [forging, c.forged(), c.record('alert'), done],
    want: 'skip',
    around: { control: { ...good, state: 'not-offered', reason: 'it could not be forged' } },
  },
  {
    title: 'forged, accepted, whatever the control says',
    the: forged,
    steps: [forging, c.forged(false), c.record('client-key-exchange'), done],
    want: 'fail',
    around: { control: failed },
  },
  // What is wrong only of a client that can do better.
  {
    title: 'a client that has shown SCRAM uses PLAIN',
    the: order,
    steps: [reordered, done],
    want: 'fail',
    codes: ['used-plain'],
  },
  {
    title: 'a client that knows nothing but PLAIN uses PLAIN',
    the: order,
    steps: [reordered, done],
    around: { control: failed },
    want: 'skip',
    codes: [],
  },
  {
    title: 'in clear it is wrong, whatever the client can do',
    the: { ...order, ...strip, needs: ['scram'] },
    steps: [stripped, c.auth('clear', 'PLAIN', true), done],
    around: { control: failed },
    want: 'fail',
    codes: ['password-in-clear', 'authenticated-in-clear'],
  },
  // What acceptance is.
  { title: 'stripped, closes', the: strip, steps: [stripped, c.closed(), done], want: 'pass', codes: [] },
  {
    title: 'stripped, asks all the same and logs in inside TLS',
    the: strip,
    steps: [stripped, login().slice(3), done],
    want: 'pass',
    codes: [],
  },
  {
    title: 'stripped, sends SCRAM',
    the: strip,
    steps: [stripped, c.auth('clear', 'SCRAM-SHA-1'), c.closed(), done],
    want: 'fail',
    codes: ['authenticated-in-clear'],
  },
  {
    title: 'stripped, sends PLAIN',
    the: strip,
    steps: [stripped, c.auth('clear', 'PLAIN', true), c.closed(), done],
    want: 'fail',
    codes: ['password-in-clear', 'authenticated-in-clear'],
  },
  {
    title: 'stripped, asks who may log in with jabber:iq:auth',
    the: strip,
    steps: [stripped, c.iq('clear', 'get', '1', 'iq-auth'), done],
    want: 'fail',
    codes: ['authenticated-in-clear'],
  },
  {
    title: 'stripped, registers',
    the: strip,
    steps: [stripped, c.iq('clear', 'set', '1', 'register'), done],
    want: 'fail',
    codes: ['registered-in-clear'],
  },
  {
    title: 'stripped, compresses',
    the: strip,
    steps: [stripped, c.compress(), done],
    want: 'fail',
    codes: ['compressed-in-clear'],
  },
  {
    title: 'stripped, binds at once',
    the: strip,
    steps: [stripped, c.iq('clear', 'set', '1'), done],
    want: 'fail',
    codes: ['stanza-in-clear'],
  },
  {
    title: 'the stanzas after a login in clear are part of one finding',
    the: strip,
    steps: [stripped, c.auth('clear', 'SCRAM-SHA-1'), c.iq('clear', 'set', '1'), done],
    want: 'fail',
    codes: ['authenticated-in-clear'],
  },
  {
    title: 'credentials where TLS should begin',
    steps: [c.connected(), c.bytes('instead-of-tls', true), done],
    want: 'fail',
    codes: ['password-in-clear'],
  },
  {
    title: 'expired, closes during the handshake',
    the: expired,
    steps: [shown, c.failed('client', 'end'), c.closed(), done],
    want: 'pass',
  },
  {
    title: 'expired, completes the handshake and then closes',
    the: expired,
    steps: [shown, c.handshake('untrusted'), c.closed(), done],
    want: 'pass',
  },
  {
    title: 'expired, opens a stream inside and then closes',
    the: expired,
    steps: [shown, c.handshake('untrusted'), c.header('tls'), c.closed(), done],
    want: 'pass',
  },
  {
    title: 'expired, logs in',
    the: expired,
    steps: [shown, c.handshake('untrusted'), c.auth('tls', 'PLAIN', true), done],
    want: 'fail',
    codes: ['password-to-untrusted', 'authenticated-to-untrusted'],
  },
  {
    title: 'expired, sends a stanza',
    the: expired,
    steps: [shown, c.handshake('untrusted'), c.iq('tls', 'set', '1'), done],
    want: 'fail',
    codes: ['stanza-to-untrusted'],
  },
  {
    title: 'TLS 1.0 completed and closed',
    the: old,
    steps: [spokeOld, c.closed(), done],
    want: 'warn',
    codes: ['negotiated-weak'],
  },
  {
    title: 'TLS 1.0 completed and closed, and more than could be kept',
    the: old,
    steps: [spokeOld, c.closed(), exit(1), dropped, end],
    want: 'warn',
    codes: ['negotiated-weak'],
  },
  {
    title: 'nothing wrong in what was kept, and more than could be',
    the: strip,
    steps: [stripped, c.closed(), exit(1), dropped, end],
    want: 'inconclusive',
  },
  {
    title: 'TLS 1.0 and credentials',
    the: old,
    steps: [spokeOld, c.auth('tls', 'SCRAM-SHA-1'), done],
    want: 'fail',
    codes: ['authenticated-to-weak', 'negotiated-weak'],
  },
  {
    title: 'a NULL suite counts as clear',
    steps: [c.connected(), c.handshake('honest', false), c.auth('clear', 'SCRAM-SHA-1'), done],
    want: 'fail',
    codes: ['authenticated-in-clear'],
  },

  // Proof of delivery.
  {
    title: 'the client ended before the point',
    the: strip,
    steps: [c.connected(), c.header(), c.closed(), done],
    want: 'inconclusive',
    reason: /^not reached: .* features/,
  },
  {
    title: 'never connected',
    the: strip,
    steps: [limit('no-connection'), exit(0, null, true), end],
    want: 'inconclusive',
    reason: /not reached/,
  },
  {
    title: 'silent for long enough',
    the: strip,
    steps: [stripped, { after: 10_000, happening: limit() }, exit(null, 'SIGTERM', true), end],
    want: 'pass',
    reason: /^silent for 10 s$/,
  },
  {
    title: 'silent, but not long enough',
    the: strip,
    steps: [stripped, { after: 2_000, happening: limit() }, exit(null, 'SIGTERM', true), end],
    want: 'inconclusive',
    reason: /^too slow/,
  },
  {
    title: 'silent for 4 s, where its login took 3 s',
    the: strip,
    steps: [stripped, { after: 4_000, happening: limit() }, exit(null, 'SIGTERM', true), end],
    want: 'inconclusive',
    reason: /^too slow/,
    around: { control: { ...good, loginMs: 3_000 } },
  },
  {
    title: 'starttls was under way before the offer was seen',
    the: strip,
    steps: [c.connected(), c.header(), c.starttls(), c.features('clear'), c.acted(), c.hello(), c.closed(), done],
    want: 'pass',
    reason: /^not-offered/,
  },
  {
    title: 'a redirect that the client does not follow',
    the: sentOn,
    steps: [c.connected(), c.header(), c.features('clear'), c.acted(), c.closed(), done],
    want: 'pass',
    reason: /did not go/,
  },
  {
    title: 'a redirect that the client follows, to leave before the point there',
    the: sentOn,
    steps: [
      ...[c.connected(), c.header(), c.features('clear'), c.acted(), c.closed()],
      ...[on(2).connected('elsewhere'), on(2).header(), on(2).closed()],
      done,
    ],
    want: 'inconclusive',
    reason: /not reached/,
  },
  {
    title: 'TLS 1.0 is not in the ClientHello',
    the: old,
    steps: [
      c.connected(),
      c.hello(),
      c.acted(0, 'tls-handshake'),
      c.failed('mallory', 'not-offered'),
      c.closed(),
      done,
    ],
    want: 'pass',
    reason: /^not-offered/,
  },
  {
    title: 'the key of the certificate is of a kind that is not in the ClientHello',
    the: expired,
    steps: [shown.slice(0, -1), c.failed('mallory', 'not-offered'), c.closed(), done],
    want: 'pass',
    reason: /^not-offered/,
  },
  {
    title: 'a staple that nobody asked for',
    the: revoked,
    steps: [shown.slice(0, -1), c.flight('weak', 'staple-revoked'), c.closed(), done],
    want: 'pass',
    reason: /^not-offered: .* OCSP/,
  },
  {
    title: 'a staple that was asked for',
    the: revoked,
    steps: [asksForStaple, c.flight('weak', 'staple-revoked'), c.closed(), done],
    want: 'pass',
  },
  {
    title: 'the certificate was never shown whole',
    the: expired,
    steps: [shown.slice(0, -1), c.closed(), done],
    want: 'inconclusive',
    reason: /before the certificate was shown/,
  },
  {
    title: 'another ClientHello than in the control',
    the: expired,
    steps: [shown, c.closed(), done],
    want: 'inconclusive',
    reason: /not of the kind/,
    around: { control: { ...good, helloKind: 'other' } },
  },
  {
    title: 'with DANE, the ClientHello of the base control, where none is done',
    the: { ...expired, entity: { dane: { tlsa: ['3 1 1'] } } },
    steps: [shown, c.closed(), done],
    want: 'pass',
    around: { control: { ...good, helloKind: 'other' } },
  },
  {
    title: 'with DANE, a ClientHello of neither control',
    the: { ...expired, entity: { dane: { tlsa: ['3 1 1'] } } },
    steps: [shown, c.closed(), done],
    want: 'inconclusive',
    reason: /not of the kind/,
    around: { base: { ...good, helloKind: 'other' }, control: { ...good, helloKind: 'other' } },
  },
  {
    title: 'nobody listens where there is no ClientHello',
    the: { script: [], expect: { never: { 'offers-rc4': 'rfc7465-2-rc4' } } },
    steps: [c.connected(), c.closed(), done],
    want: 'inconclusive',
    reason: /no ClientHello/,
  },
  {
    title: 'a ClientHello that offers nothing bad',
    the: { script: [], expect: { never: { 'offers-rc4': 'rfc7465-2-rc4' } } },
    steps: [c.connected(), c.hello(), c.closed(), done],
    want: 'pass',
  },
  {
    title: 'the later action was not reached because the earlier one ended it',
    the: { script: [...(strip.script ?? []), { on: 'success', do: { drop: true } }] },
    steps: [stripped, c.closed(), done],
    want: 'pass',
  },
  {
    title: 'a second connection never came',
    the: {
      script: [
        { on: 'tls-handshake', connection: 1, do: { reset: 'instead' } },
        { on: 'features', connection: '2+', do: { remove: 'starttls' } },
      ],
    },
    steps: [c.connected(), c.acted(0, 'tls-handshake'), c.closed('mallory'), exit(1), end],
    want: 'skip',
    reason: /^does not reconnect$/,
  },
  {
    title: 'the second connection is stripped, and used in clear',
    the: {
      script: [
        { on: 'tls-handshake', connection: 1, do: { reset: 'instead' } },
        { on: 'features', connection: '2+', do: { remove: 'starttls' } },
      ],
    },
    steps: [
      c.connected(),
      c.acted(0, 'tls-handshake'),
      c.closed('mallory'),
      d.connected(),
      d.acted(1),
      d.auth('clear', 'PLAIN', true),
      done,
    ],
    want: 'fail',
    codes: ['password-in-clear', 'authenticated-in-clear'],
  },

  // Controls.
  {
    title: 'its base control failed',
    the: strip,
    steps: [stripped, c.closed(), done],
    want: 'inconclusive',
    reason: /base control failed: it failed/,
    around: { base: failed, control: failed },
  },
  {
    title: 'a finding needs no control',
    the: strip,
    steps: [stripped, c.auth('clear', 'SCRAM-SHA-1'), done],
    want: 'fail',
    around: { base: failed, control: failed },
  },
  {
    title: 'its own control failed',
    the: strip,
    steps: [stripped, c.closed(), done],
    want: 'skip',
    reason: /it failed/,
    around: { control: failed },
  },
  {
    title: 'it does not reconnect in its control',
    the: strip,
    steps: [stripped, c.closed(), done],
    want: 'skip',
    reason: /does not reconnect/,
    around: { control: { ...good, state: 'does-not-reconnect', reason: 'does not reconnect' } },
  },
  {
    title: 'it says that it is unsupported',
    the: strip,
    steps: [exit(77), end],
    want: 'skip',
    reason: /does not support/,
  },
  {
    title: 'it claims that it is unsupported, and then sends the password',
    the: strip,
    steps: [stripped, c.auth('clear', 'PLAIN', true), exit(77), end],
    want: 'fail',
  },
  {
    title: 'it sends XML to a direct TLS port',
    the: expired,
    steps: [c.connected(), c.bytes('xml-on-direct-tls'), c.closed('mallory'), done],
    want: 'skip',
    reason: /direct TLS port/,
    around: { transport: 'direct' },
  },
  {
    title: 'the scenario says nothing about it',
    the: expired,
    steps: [shown, c.closed(), done],
    want: 'skip',
    reason: /dialled/,
    around: { inapplicable: 'verifies the dialled address' },
  },

  // Levels.
  {
    title: 'a should is a warning',
    the: { expect: { never: { 'jid-in-clear': 'a-should' } } },
    steps: [c.connected(), c.header('clear', 'client', { from: 'j@d' }), login().slice(2), done],
    want: 'warn',
    codes: ['jid-in-clear'],
  },
  {
    title: 'an info changes nothing',
    the: { expect: { never: { 'jid-in-clear': 'an-info' } } },
    steps: [c.connected(), c.header('clear', 'client', { from: 'j@d' }), login().slice(2), done],
    want: 'pass',
    codes: ['jid-in-clear'],
  },
  {
    title: 'what was not read is at most a warning',
    the: { expect: { never: { 'jid-in-clear': 'from-memory' } } },
    steps: [c.connected(), c.header('clear', 'client', { from: 'j@d' }), login().slice(2), done],
    want: 'warn',
  },
  {
    title: 'but what is never right stays a must',
    the: { ...strip, expect: { never: { 'authenticated-in-clear': 'from-memory' } } },
    steps: [stripped, c.auth('clear', 'SCRAM-SHA-1'), done],
    want: 'fail',
  },
  {
    title: 'a level by policy: rfc9525',
    the: { expect: { never: { 'jid-in-clear': 'by-policy' } } },
    steps: [c.connected(), c.header('clear', 'client', { from: 'j@d' }), login().slice(2), done],
    want: 'fail',
  },
  {
    title: 'a level by policy: rfc6125',
    the: { expect: { never: { 'jid-in-clear': 'by-policy' } } },
    steps: [c.connected(), c.header('clear', 'client', { from: 'j@d' }), login().slice(2), done],
    want: 'pass',
    around: { rules: { requirements, policy: 'rfc6125' } },
  },

  // What has to be seen.
  {
    title: 'a good server is refused',
    the: { ...strip, expect: { see: { online: 'a-must' } } },
    steps: [stripped, c.closed(), done],
    want: 'fail',
    codes: ['missing-online'],
  },
  {
    title: 'any of a list will do',
    the: { ...strip, expect: { see: { '[online, closed-by-client]': 'a-must' } } },
    steps: [stripped, c.closed(), done],
    want: 'pass',
  },
  {
    title: 'a wanted thing that the client does not offer is missing',
    the: { ...old, expect: { see: { online: 'a-should' } } },
    steps: [
      c.connected(),
      c.hello(),
      c.acted(0, 'tls-handshake'),
      c.failed('mallory', 'not-offered'),
      c.closed('mallory'),
      done,
    ],
    want: 'warn',
    codes: ['missing-online'],
  },
  {
    title: 'a wanted thing in a version that the client does not offer, as its control has shown, is not missing',
    the: { ...old, expect: { see: { online: 'a-must' } } },
    steps: [
      c.connected(),
      c.hello(),
      c.acted(0, 'tls-handshake'),
      c.failed('mallory', 'not-offered'),
      c.closed('mallory'),
      done,
    ],
    want: 'skip',
    reason: /does not offer/,
    around: { control: { ...good, state: 'not-offered', reason: 'the client does not offer TLSv1.3' } },
  },

  {
    title: 'it crashes over what it gets: no rule is broken, and the pass says so',
    the: strip,
    steps: [stripped, c.closed(), exit(null, 'SIGSEGV'), end],
    want: 'pass',
    reason: /^crashed \(SIGSEGV\)$/,
  },

  // Claims, and the harness itself.
  {
    title: 'it claims to be online and never was',
    the: strip,
    steps: [stripped, c.closed(), claim('online'), exit(0), end],
    want: 'pass',
    codes: ['claimed-online'],
  },
  {
    title: 'the client was never started',
    the: strip,
    steps: [{ layer: 'process', type: 'not-started', message: 'There is no such program.' }, end],
    want: 'error',
    reason: /no such program/,
  },
];

for (const { title, the = {}, steps, want, reason, codes, around = {} } of rows) {
  test(title, (t) => {
    const judgement = judge({
      scenario: scenario(the),
      transport: 'starttls',
      observations: transcript(...steps),
      canary: 'canary',
      domain: 'im.example.test',
      base: good,
      control: good,
      inapplicable: null,
      rules: { requirements, policy: 'rfc9525' },
      ...around,
    });
    t.is(judgement.verdict, want, judgement.reason ?? undefined);
    if (reason) t.regex(judgement.reason ?? '', reason);
    if (codes)
      t.deepEqual(
        judgement.findings.map(({ code }) => code),
        codes,
      );
  });
}
