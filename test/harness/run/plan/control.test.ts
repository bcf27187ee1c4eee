import test from 'ava';
import { attackPlan } from '../../../../harness/run/plan/attack.ts';
import { controlPlan, onlyListens } from '../../../../harness/run/plan/control.ts';
import { profileOf } from '../../../../harness/run/plan/profile.ts';
import type { ScenarioFields } from '../../../../harness/scenario/scenario.ts';
import { scenario } from '../../judge/transcripts.ts';

const around = { transport: 'starttls', via: 'ip', dialled: [], timeoutMs: 10_000 } as const;
const circumstances = { ...around, dialled: [...around.dialled] };
const BASE = 'starttls,ip once valid TLSv1.2-TLSv1.3 sasl=SCRAM-SHA-256+SCRAM-SHA-1+PLAIN';

const rows: [title: string, fields: Partial<ScenarioFields>, profile: string][] = [
  ['an attack on the features', { script: [{ on: 'features', do: { remove: 'starttls' } }] }, BASE],
  [
    'a bad certificate, of which the twin is plain',
    { script: [{ on: 'tls-handshake', do: { present: 'expired' } }] },
    BASE,
  ],
  [
    'a bad certificate, of which the twin asks for an ability',
    { script: [{ on: 'tls-handshake', do: { present: 'missing-intermediate' } }] },
    BASE.replace(' valid ', ' valid-intermediate '),
  ],
  [
    "a good certificate that is not every client's: the plain one",
    { script: [{ on: 'tls-handshake', do: { present: 'valid-wildcard' } }] },
    BASE,
  ],
  [
    'a credential of the entity',
    { entity: { credential: 'wildcard-bare' } },
    BASE.replace(' valid ', ' valid-wildcard '),
  ],
  [
    'a domain of another kind, where something is presented',
    { entity: { domain: 'u-label' }, script: [{ on: 'tls-handshake', do: { present: 'expired' } }] },
    BASE.replace(' valid ', ' domain=u-label valid '),
  ],
  ['a domain of another kind, where that is all', { entity: { domain: 'u-label' } }, BASE],
  [
    'mechanisms in clear are offered inside TLS, and no others',
    { entity: { mechanisms: { clear: ['PLAIN'], tls: ['SCRAM-SHA-1'] } } },
    BASE.replace(/sasl=.*/, 'sasl=PLAIN'),
  ],
  [
    'jabber:iq:auth in clear, likewise',
    { entity: { mechanisms: { tls: [] }, 'iq-auth': { clear: true } } },
    BASE.replace(/sasl=.*/, 'sasl=none iq-auth'),
  ],
  [
    'SASL2 in clear, likewise',
    { entity: { sasl2: { clear: ['SCRAM-SHA-1'] } } },
    BASE.replace(/sasl=.*/, 'sasl=none sasl2=SCRAM-SHA-1'),
  ],
  [
    'what is offered inside TLS only stays',
    { entity: { mechanisms: { tls: ['SCRAM-SHA-512'] } } },
    BASE.replace(/sasl=.*/, 'sasl=SCRAM-SHA-512'),
  ],
  ['a session that stays has to come back', { session: 'stay' }, `${BASE.replace('once', 'stay')} reconnects`],
  [
    'one that answers need not',
    {
      needs: ['answers-iq'],
      script: [{ on: 'proceed', do: { inject: { xml: "<x/><iq type='get' id='{canary}'><ping/></iq>" } } }],
    },
    `${BASE.replace('once', 'stay')} answers <iq type='get' id='{canary}'><ping/></iq>`,
  ],
  [
    'a forged handshake: the same with nothing wrong in it',
    {
      entity: { credential: 'valid-rsa-2048' },
      script: [{ on: 'tls-handshake', do: { forge: { exchange: 'dhe', dh: '512-bit' } } }],
    },
    `${BASE.replace(' valid ', ' valid-rsa-2048 ')} forged exchange=dhe`,
  ],
  [
    'a script that needs TLS 1.2 for what it does below TLS: so does its control',
    {
      script: [
        {
          on: 'tls-handshake',
          do: { negotiate: { min: 'TLSv1.2', max: 'TLSv1.2' }, rewrite: { strip: 0xff01 } },
        },
      ],
    },
    BASE.replace('TLSv1.2-TLSv1.3', 'TLSv1.2-TLSv1.2 by script'),
  ],
  [
    'a script that hides TLS 1.3 from the server',
    { script: [{ on: 'tls-handshake', do: { rewrite: { hide: 43 } } }] },
    BASE.replace('TLSv1.2-TLSv1.3', 'TLSv1.2-TLSv1.2 by script'),
  ],
  [
    'a server of TLS 1.2, which the client may be unable to meet',
    { entity: { tls: { max: 'TLSv1.2' } }, script: [{ on: 'features', do: { remove: 'starttls' } }] },
    BASE.replace('TLSv1.2-TLSv1.3', 'TLSv1.2-TLSv1.2'),
  ],
  [
    'a version that is the attack itself',
    { script: [{ on: 'tls-handshake', do: { negotiate: { min: 'TLSv1', max: 'TLSv1' } } }] },
    BASE,
  ],
  ['an endpoint has its good twin', { endpoints: { elsewhere: { credential: 'expired' } } }, `${BASE} elsewhere=valid`],
];

for (const [title, fields, profile] of rows) {
  test(title, (t) => t.is(profileOf(controlPlan(scenario(fields), circumstances)), profile));
}

test('the attack takes the script and the limits that its control showed to be needed', (t) => {
  const slow = {
    profile: BASE,
    state: 'ok',
    outcome: 'online',
    reason: null,
    loginMs: 6_000,
    helloKind: null,
    attempt: null,
    durationMs: 6_500,
    reconnectMs: 900,
    answerMs: 0,
    findings: [] as never[],
  } as const;
  const stay = scenario({
    session: 'stay',
    script: [{ on: 'features', connection: '2+', do: { remove: 'starttls' } }],
  });
  t.like(attackPlan(stay, circumstances, slow, 1), {
    timeoutMs: 15_000 + 2 * 900,
    reconnectMs: 900,
    until: { connection: 2, answerMs: null, claimMs: 0 },
  });
  t.like(attackPlan(scenario({}), circumstances, { ...slow, durationMs: 200 }, 1), { timeoutMs: 10_000, until: null });
});

const listening: [string, Partial<ScenarioFields>, boolean][] = [
  ['nothing is done to the client, and all is as in its control', {}, true],
  ['the domain is of another kind', { entity: { domain: 'u-label' } }, false],
  ['a way to log in is offered in clear', { entity: { mechanisms: { clear: ['PLAIN'] } } }, false],
  ['it speaks one version only, and so does its control', { entity: { tls: { max: 'TLSv1.2' } } }, true],
  ['the client is to come back', { session: 'stay' }, false],
  ['the script acts', { script: [{ on: 'features', do: { remove: 'starttls' } }] }, false],
];
for (const [title, fields, wanted] of listening) {
  test(`judged by its control: ${title}`, (t) => t.is(onlyListens(scenario(fields)), wanted));
}
