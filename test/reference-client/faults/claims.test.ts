/** Attacks that show what a client says of itself and of its user. */
import type { claimsFaults } from './claims.ts';
import { type Attack, exposed } from './exposed.ts';
import { again, later, loss } from './settings.ts';

exposed({
  'claims-other-tls': [again, ({ claim }) => claim?.tls?.version === 'TLSv1.1'],
  'claims-other-certificate': [
    again,
    ({ observations, claim }) =>
      !observations.some((o) => o.type === 'handshake' && o.certificateSha256 === claim?.tls?.certificate_sha256),
  ],
  'claims-other-verification': [again, ({ claim }) => claim?.tls?.verified_by === 'DANE'],
  'claims-certificate-unchanged': [
    { session: 'stay', script: [...loss, ...later({ present: 'valid-renewed' })] },
    ({ claim }) => claim?.tls?.certificate_changed === false,
  ],
  'claims-certificate-changed': [again, ({ claim }) => claim?.tls?.certificate_changed === true],
  'privacy-from': [
    {},
    ({ observations }) =>
      observations.some(
        (o) => o.type === 'stream-open' && o.from === 'client' && o.phase === 'clear' && o.attributes.from,
      ),
  ],
  'claims-online': [{ credential: 'wrong-name' }, ({ claim }) => claim?.result === 'online'],
} satisfies Record<keyof typeof claimsFaults, Attack>);
