/** Proof that the attack took place (design, section 2.5): without it nothing passes. */
import type { ScenarioFields } from '../../../harness/scenario/scenario.ts';
import { c, done, expired, good, judged, old, shown, strip, stripped } from './judging.ts';
import { end, exit, limit, on } from './transcripts.ts';

const d = on(2);

const sentOn: Partial<ScenarioFields> = {
  endpoints: { elsewhere: {} },
  script: [
    { on: 'features', do: { replace: '<stream:error/>' } },
    { on: 'features', at: 'elsewhere', do: { remove: 'starttls' } },
  ],
};

const revoked: Partial<ScenarioFields> = { script: [{ on: 'tls-handshake', do: { present: 'staple-revoked' } }] };

const asksForStaple = [c.connected(), c.hello('usual', undefined, [5]), c.acted(0, 'tls-handshake')];

judged([
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
]);
