/** The certification authorities of one run. They live in memory, and nothing of them but the root's certificate gets out. */
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, X509Certificate } from 'node:crypto';
import {
  type CertificateFields,
  certificate,
  DAY,
  type Issuer,
  issuerOf,
  pem,
  type Validity,
  withSubjectKeyIdentifier,
} from './certificate.ts';
import { distinguishedName } from './names.ts';

export interface Authority {
  /** The only CA that a client under test is to trust: what `XMPP_CA_FILE` holds. */
  readonly caPem: string;
  readonly root: Issuer;
  /** What `make` returned the first time for this label: authorities and slow keys are made once a run, when needed. */
  once<T>(label: string, make: () => T): T;
}

export async function createAuthority(): Promise<Authority> {
  const root = await trustedRoot();
  const made = new Map<string, unknown>();
  return {
    root,
    caPem: pem(root.der),
    once<T>(label: string, make: () => T): T {
      if (!made.has(label)) made.set(label, make());
      return made.get(label) as T;
    },
  };
}

/** Loaded here and not above: `selfsigned` takes about 100 ms, which other work of the start can go before. */
async function trustedRoot(): Promise<Issuer> {
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: authorityName('test CA') }], {
    // Its defaults are SHA-1 and RSA.
    algorithm: 'sha256',
    keyType: 'ec',
    notBeforeDate: authorityValidity().notBefore,
    notAfterDate: authorityValidity().notAfter,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const key = createPrivateKey(made.private);
  return issuerOf(withSubjectKeyIdentifier(new X509Certificate(made.cert).raw, key), key);
}

/** A CA that nobody was told to trust. */
export const unknownRoot = (authority: Authority): Issuer =>
  authority.once('unknown-root', () => selfSignedAuthority(distinguishedName(authorityName('unknown CA'))));

/** A self-signed CA of any name, with a key of its own. */
export function selfSignedAuthority(subject: Buffer): Issuer {
  const key = newKey();
  return issuerOf(certificate({ subject, key, validity: authorityValidity(), ca: true }), key);
}

/**
 * A CA below the root, with its own name and key for each label: a client that remembers intermediates must not
 * find one in its memory that this scenario leaves out. `flaw` replaces fields of a good one.
 */
export const intermediate = (authority: Authority, label: string, flaw: Partial<CertificateFields> = {}): Issuer =>
  authority.once(`intermediate ${label}`, () => {
    const key = flaw.key ?? newKey();
    const subject = distinguishedName(authorityName('intermediate CA'));
    const good = { subject, key, issuer: authority.root, validity: authorityValidity(), ca: true };
    return issuerOf(certificate({ ...good, ...flaw }), key);
  });

/** P-256, 0.1 ms: cheap enough that nothing needs to share one. */
export const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

/** Different in every run: NSS and some clients' stores remember CAs by name. */
export const authorityName = (kind: string) => `Mallory ${kind} ${randomBytes(4).toString('hex')}`;

/** Begins before any leaf does, the expired ones included. */
export const authorityValidity = (): Validity => ({
  notBefore: new Date(Date.now() - 500 * DAY),
  notAfter: new Date(Date.now() + 3650 * DAY),
});
