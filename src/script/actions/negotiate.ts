import type { Delivery, DeliveryView } from '../action.ts';
import { defineAction } from '../action.ts';
import { consumed } from '../delivery.ts';
import type { HandshakePlan, TlsVersion } from '../moment.ts';

export interface Negotiate {
  min?: TlsVersion | undefined;
  max?: TlsVersion | undefined;
  /** An OpenSSL cipher string, such as `aNULL` or `eNULL`. */
  ciphers?: string | undefined;
  /** An OpenSSL list of signature algorithms, such as `ECDSA+SHA1`. */
  'signature-algorithms'?: string | undefined;
  /** An OpenSSL list of groups for ECDHE and TLS 1.3, such as `P-384`: of one without a key share TLS 1.3 asks for another. */
  groups?: string | undefined;
  /** Of the group of DHE suites. */
  'dh-bits'?: 1024 | 2048 | undefined;
  /** RFC 7627. */
  'extended-master-secret'?: boolean | undefined;
  /** For suites with CBC (RFC 7366). */
  'encrypt-then-mac'?: boolean | undefined;
  /** The protocols that the server knows; none: it answers no ALPN. */
  alpn?: string[] | undefined;
}

/** Lets the peer speak only these TLS versions, cipher suites, signature algorithms, groups, protocols and extensions. */
export const negotiate = defineAction<Negotiate>({
  points: ['tls-handshake'],
  params: (z) => {
    const version = z.enum(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']).optional();
    return z.strictObject({
      min: version,
      max: version,
      ciphers: z.string().optional(),
      'signature-algorithms': z.string().optional(),
      groups: z.string().optional(),
      'dh-bits': z.union([z.literal(1024), z.literal(2048)]).optional(),
      'extended-master-secret': z.boolean().optional(),
      'encrypt-then-mac': z.boolean().optional(),
      alpn: z.array(z.string()).optional(),
    });
  },
  apply(moment, wanted) {
    if (!moment.handshake) return false;
    negotiateIn(moment.handshake, wanted);
    return true;
  },
  delivered: acceptable,
});

export function negotiateIn(plan: HandshakePlan, { min, max, ciphers, groups, alpn, ...more }: Negotiate): void {
  plan.minVersion = min ?? plan.minVersion;
  // Cipher strings choose nothing in TLS 1.3, so that its suites would win over every weak one.
  plan.maxVersion = max ?? (ciphers ? 'TLSv1.2' : plan.maxVersion);
  plan.ciphers = ciphers ?? plan.ciphers;
  plan.groups = groups;
  plan.signatureAlgorithms = more['signature-algorithms'];
  plan.dhBits = more['dh-bits'];
  plan.extendedMasterSecret = more['extended-master-secret'];
  plan.encryptThenMac = more['encrypt-then-mac'];
  plan.alpn = alpn;
}

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
