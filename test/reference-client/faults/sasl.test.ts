/** Attacks that show how a client logs in, also with what a login has left. */
import type { Script } from '../../../src/index.ts';
import { NS } from '../../../src/xmpp/namespaces.ts';
import { type Outcome, type Setting, said, wasOnline } from '../support.ts';
import { type Attack, exposed } from './exposed.ts';
import { answersInside, givesAwayInClear, handshakes, usesPlain } from './outcomes.ts';
import type { saslFaults } from './sasl.ts';
import { again, at, insideTls, later, loss, ping } from './settings.ts';

const saslFailure = `<failure xmlns='${NS.sasl}'><not-authorized/></failure>`;

const fast: NonNullable<Setting['entity']> = {
  mechanisms: { clear: [], tls: [] },
  sasl2: { clear: [], tls: ['SCRAM-SHA-256'] },
  extensions: ['fast'],
};

const fastOffer = `<authentication xmlns='${NS.sasl2}'><mechanism>SCRAM-SHA-256</mechanism><inline><fast xmlns='${NS.fast}'><mechanism>HT-SHA-256-NONE</mechanism></fast></inline></authentication>`;

const resumable: NonNullable<Setting['entity']> = { extensions: ['stream-management'] };

const lossOfSession: Script = [{ on: 'enabled', connection: 1, do: { close: 'after' } }];

const loginsAreTwo = ({ observations }: Outcome) =>
  observations.filter(({ type }) => type === 'authenticated').length > 1;

const decoded = (outcome: Outcome) =>
  said(outcome).map(({ xml }) => Buffer.from(/>([^<]+)</.exec(xml)?.[1] ?? '', 'base64').toString());

const proves = (outcome: Outcome) => decoded(outcome).some((text) => text.includes(',p='));

const nonces = (outcome: Outcome) => decoded(outcome).flatMap((text) => /,n=[^,]*,r=(.*)/.exec(text)?.[1] ?? []);

const external: Setting = {
  certified: true,
  entity: { mechanisms: { clear: [], tls: ['EXTERNAL', 'SCRAM-SHA-256', 'PLAIN'] } },
};

const showsItself = (outcome: Outcome) =>
  handshakes(outcome).some((o) => o.type === 'handshake' && o.clientCertificate);

exposed({
  'skips-signature-check': [{ script: insideTls('success', { signature: 'wrong' }) }],
  'short-signature': [{ script: insideTls('success', { signature: 'short' }) }],
  'empty-success': [{ script: insideTls('success', { signature: 'missing' }) }],
  'foreign-nonce': [{ script: insideTls('challenge', { scram: { nonce: 'foreign' } }) }, proves],
  'nonce-anywhere': [{ script: insideTls('challenge', { scram: { nonce: 'prefixed' } }) }, proves],
  'reuses-nonce': [
    { session: 'stay', script: at('online', { close: 'instead' }, 1) },
    (outcome) => new Set(nonces(outcome)).size < nonces(outcome).length,
  ],
  'ignores-extension': [{ script: insideTls('challenge', { scram: { extension: true } }) }, proves],
  'low-iterations': [{ script: insideTls('challenge', { scram: { iterations: 1 } }) }, proves],
  'iterations-32-bit': [{ script: insideTls('challenge', { scram: { iterations: 2 ** 32 + 1 } }) }, proves],
  'computes-any-iterations': [
    { script: insideTls('challenge', { scram: { iterations: 1_000_000_000 } }), limitMs: 6_000 },
    // It ends only because it is told to.
    ({ observations }) => (observations.find((o) => o.type === 'closed')?.t ?? 0) > 5_000,
  ],
  'no-channel-binding': [
    { entity: { mechanisms: { clear: [], tls: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'] } } },
    (outcome) => wasOnline(outcome) && !said(outcome).some((o) => o.mechanism?.endsWith('-PLUS')),
  ],
  'denies-binding': [
    {
      entity: { mechanisms: { clear: [], tls: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'] } },
      script: insideTls('features', { mechanisms: ['SCRAM-SHA-256'], remove: 'sasl-channel-binding' }),
    },
  ],
  'ignores-binding-list': [
    {
      entity: { mechanisms: { clear: [], tls: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'] } },
      script: insideTls('features', { mechanisms: ['SCRAM-SHA-256'] }),
    },
    (outcome) => said(outcome).some(({ name }) => name === 'auth'),
  ],
  'binds-as-listed': [
    {
      entity: { mechanisms: { clear: [], tls: ['SCRAM-SHA-256-PLUS'] } },
      script: insideTls('features', {
        remove: 'sasl-channel-binding',
        add: `<sasl-channel-binding xmlns='${NS.saslChannelBinding}'><channel-binding type='tls-unique'/></sasl-channel-binding>`,
      }),
    },
    (outcome) => said(outcome).some(({ name }) => name === 'auth'),
  ],
  'skips-downgrade-hash': [
    {
      entity: { extensions: ['scram-downgrade-protection'] },
      script: insideTls('features', { mechanisms: ['SCRAM-SHA-1'] }),
    },
  ],
  'server-order': [{ script: insideTls('features', { mechanisms: ['PLAIN', 'SCRAM-SHA-256'] }) }, usesPlain],
  'forgets-scram': [
    {
      session: 'stay',
      script: [
        ...at('online', { close: 'instead' }, 1),
        { on: 'features', in: 'tls', connection: '2+', do: { mechanisms: ['PLAIN'] } },
      ],
    },
    usesPlain,
  ],
  'plain-over-sasl2': [
    { entity: { mechanisms: { clear: [], tls: [] }, sasl2: { clear: [], tls: ['PLAIN'] } } },
    usesPlain,
  ],
  'any-mechanism': [
    { script: insideTls('features', { mechanisms: ['X-OAUTH2'] }) },
    (outcome) => said(outcome).some(({ mechanism }) => mechanism === 'X-OAUTH2'),
  ],
  'plain-after-failure': [{ script: insideTls('challenge', { replace: saslFailure }) }, usesPlain],
  'takes-any-task': [
    {
      entity: { mechanisms: { clear: [], tls: [] }, sasl2: { clear: [], tls: ['SCRAM-SHA-256'] } },
      script: insideTls('success', {
        replace: `<continue xmlns='${NS.sasl2}'><tasks><task>X</task></tasks></continue>`,
      }),
    },
    (outcome) => said(outcome).some(({ name }) => name === 'next'),
  ],
  'follows-new-list': [
    {
      script: insideTls('challenge', {
        replace: `${saslFailure}<stream:features><mechanisms xmlns='${NS.sasl}'><mechanism>PLAIN</mechanism></mechanisms></stream:features>`,
      }),
    },
    usesPlain,
  ],
  'password-without-external': [
    { ...external, script: insideTls('features', { mechanisms: ['SCRAM-SHA-256', 'PLAIN'] }) },
  ],
  'password-after-external': [
    {
      ...external,
      script: [
        ...at('tls-handshake', { present: 'trusted-mitm' }),
        ...insideTls('features', { mechanisms: ['EXTERNAL', 'SCRAM-SHA-256'] }),
      ],
    },
  ],
  'external-to-anyone': [{ ...external, script: at('tls-handshake', { present: 'unknown-ca' }) }],
  'shows-certificate-to-anyone': [{ ...external, script: at('tls-handshake', { present: 'unknown-ca' }) }, showsItself],
  'iq-auth-after-failure': [
    { script: insideTls('challenge', { replace: saslFailure }) },
    (outcome) => said(outcome).some(({ credential }) => credential === 'iq-auth'),
  ],
  'gives-up-binding': [
    {
      entity: { mechanisms: { clear: [], tls: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'] } },
      script: insideTls('challenge', { replace: saslFailure }),
    },
    (outcome) => said(outcome).some(({ mechanism }) => mechanism === 'SCRAM-SHA-256'),
  ],
  'unbound-after-failure': [
    {
      entity: { mechanisms: { clear: [], tls: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'] } },
      script: insideTls('challenge', { replace: saslFailure }),
    },
    (outcome) => said(outcome).some(({ mechanism }) => mechanism === 'SCRAM-SHA-256'),
  ],
  'token-in-clear': [
    {
      ...again,
      entity: fast,
      script: [...loss, { on: 'features', in: 'clear', connection: '2+', do: { remove: 'starttls', add: fastOffer } }],
    },
    givesAwayInClear,
  ],
  'token-to-anyone': [{ ...again, entity: fast, script: [...loss, ...later({ present: 'unknown-ca' })] }, loginsAreTwo],
  'skips-token-proof': [
    {
      ...again,
      entity: fast,
      script: [
        { on: 'online', connection: 1, do: { close: 'instead' } },
        { on: 'success', connection: 2, do: { signature: 'wrong' } },
        { on: 'online', connection: 2, do: { inject: { xml: `${ping}</stream:stream>` } } },
      ],
      // Behind the answer, if there is one: the second login alone comes too early for a busy machine.
      until: (seen) => seen.some((o) => o.type === 'closed' && o.connection === 2 && o.from === 'client'),
    },
    answersInside,
  ],
  'resumes-with-anyone': [
    { ...again, entity: resumable, script: [...lossOfSession, ...later({ present: 'unknown-ca' })] },
    loginsAreTwo,
  ],
  'follows-location': [
    {
      ...again,
      entity: resumable,
      endpoints: { elsewhere: { credential: 'valid-for-elsewhere' } },
      script: [
        {
          on: 'enabled',
          connection: 1,
          do: { attributes: { element: 'enabled', set: { location: '{endpoint.elsewhere}' } }, close: 'after' },
        },
      ],
    },
    ({ observations }) => {
      const elsewhere = observations.find((o) => o.type === 'connected' && o.endpoint === 'elsewhere');
      return observations.some(
        (o) => o.type === 'authenticated' && elsewhere?.layer === 'tcp' && o.connection === elsewhere.connection,
      );
    },
  ],
} satisfies Record<keyof typeof saslFaults, Attack>);
