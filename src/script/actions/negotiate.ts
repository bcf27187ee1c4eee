import type { Delivery, DeliveryView } from '../action.ts';
import { defineAction } from '../action.ts';
import { consumed } from '../delivery.ts';
import type { TlsVersion } from '../moment.ts';

export interface Negotiate {
  min?: TlsVersion | undefined;
  max?: TlsVersion | undefined;
  /** An OpenSSL cipher string, such as `aNULL` or `eNULL`. */
  ciphers?: string | undefined;
}

/** Lets the peer speak only these TLS versions or cipher suites. */
export const negotiate = defineAction<Negotiate>({
  points: ['tls-handshake'],
  params: (z) => {
    const version = z.enum(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']).optional();
    return z.strictObject({ min: version, max: version, ciphers: z.string().optional() });
  },
  apply(moment, { min, max, ciphers }) {
    if (!moment.handshake) return false;
    moment.handshake.minVersion = min ?? moment.handshake.minVersion;
    // Cipher strings choose nothing in TLS 1.3, so that its suites would win over every weak one.
    moment.handshake.maxVersion = max ?? (ciphers ? 'TLSv1.2' : moment.handshake.maxVersion);
    moment.handshake.ciphers = ciphers ?? moment.handshake.ciphers;
    return true;
  },
  delivered: acceptable,
});

/** OpenSSL on our side compares the ClientHello with what it was told to speak; the run has probed that it can. */
function acceptable(view: DeliveryView): Delivery {
  const refused = view.observations.find(
    (o) => o.layer === 'tls' && o.connection === view.action.connection && o.type === 'failed' && o.from === 'mallory',
  );
  if (refused?.layer === 'tls' && refused.type === 'failed' && refused.how === 'not-offered')
    return { state: 'not-offered', why: `the ClientHello does not offer it (${refused.message})` };
  if (refused?.layer === 'tls' && refused.type === 'failed' && refused.how === 'incapable')
    return { state: 'too-slow', why: `this machine's OpenSSL cannot speak it (${refused.message})` };
  return consumed(view);
}
