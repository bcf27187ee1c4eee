/** Attacks that show what a client resumes, and what it makes of stapled OCSP responses. */
import { type Attack, exposed } from './exposed.ts';
import { hellos, logins } from './outcomes.ts';
import type { resumptionFaults } from './resumption.ts';
import { again, at, later, loss, redirect } from './settings.ts';

exposed({
  'keeps-rejected-session': [
    { session: 'stay', script: [...loss, ...later({ present: 'wrong-name' }), ...later({ resume: true }, '3+')] },
    (outcome) => logins(outcome) > 1,
  ],
  'offered-is-verified': [
    { session: 'stay', script: [...loss, ...later({ present: 'wrong-name' })] },
    (outcome) => logins(outcome) > 1,
  ],
  'session-for-any-name': [
    {
      session: 'stay',
      endpoints: { elsewhere: { credential: 'valid' } },
      script: at('online', { inject: { xml: redirect }, close: 'after' }, 1),
    },
    (outcome) => hellos(outcome).some(({ hello, offersSession }) => offersSession && hello.serverName === null),
  ],
  'resumes-without-ems': [
    {
      session: 'stay',
      script: [...loss, ...at('tls-handshake', { negotiate: { max: 'TLSv1.2', 'extended-master-secret': false } })],
    },
    (outcome) => hellos(outcome).some(({ offersSession }) => offersSession === 1),
  ],
  'early-data': [again, ({ observations }) => observations.some(({ type }) => type === 'early-data')],
  'ignores-staple': [{ credential: 'staple-revoked' }],
  'staple-any-signer': [{ credential: 'staple-wrong-signer' }],
  'staple-any-certificate': [{ credential: 'staple-other-serial' }],
  'staple-any-time': [{ credential: 'staple-expired' }],
  'ignores-must-staple': [{ credential: 'must-staple-without' }],
} satisfies Record<keyof typeof resumptionFaults, Attack>);
