/** What a row of the credential table is, and what most rows are made with. */
import { createHash, type KeyObject } from 'node:crypto';
import type { Peer } from '../../transcript.ts';
import { type Authority, newKey } from '../authority.ts';
import { type CertificateFields, certificate, DAY, HOUR, type Issuer, pem, type Validity } from '../certificate.ts';
import { address, distinguishedName, type GeneralName } from '../names.ts';

/** A key and the chain that is sent with it. */
export interface Issued {
  /** PEM, PKCS #8. */
  key: string;
  /** PEM, the leaf first, exactly the certificates that are sent. */
  chain: string;
  leafDer: Buffer;
  /** SHA-256 of the leaf, in lower-case hexadecimal digits. */
  sha256: string;
  /** Octets of the certificates that are sent, as DER, without the framing of TLS. */
  flightBytes: number;
  /** An OCSPResponse as DER, for a client whose ClientHello asks for one. */
  staple?: Buffer;
  /** What TLS has to be like for this machine's OpenSSL to serve it at all. */
  served?: { maxVersion?: 'TLSv1.2'; ciphers?: string };
}

export interface CredentialRow {
  /** In kebab-case. */
  name: string;
  /** What the certificate is, in a few words. */
  title: string;
  /** What `peer` is where DNS, and no user, has sent the client there. Default: the same. */
  ifResolved?: Peer;
  /** The one thing that is wrong with it; null: nothing. */
  defect: 'name' | 'chain' | 'time' | 'purpose' | 'key' | 'encoding' | 'revocation' | null;
  /** What the other end of a connection is that presents this. */
  peer: Peer;
  /** The credential in which exactly that one thing is repaired; null where there is nothing to repair. */
  twin: string | null;
  /** It is about the staple, so that only a client that asks for one can be attacked with it. */
  aboutStaple?: true;
  /** A client's ability that acceptance of the twin takes. */
  needs?: 'wildcard' | 'srv-id' | 'xmpp-addr' | 'intermediate';
  /**
   * What OpenSSL and GnuTLS, by their commands and at the strength of RFC 9325, make of it where that is not to accept a
   * good one, or to refuse a defect. The reason stands at the row; `test/src/pki/proof.test.ts` holds them to it.
   */
  otherwise?: { openssl?: 'accepts' | 'refuses'; gnutls?: 'accepts' | 'refuses' };
  /** It names the second domain, too. Default: no. */
  coversSecond?: true;
  /** The kind of domain that it is about: for any other it has no meaning, or is no different from its twin. */
  domain?: 'idn' | 'ip-address' | 'second-level';
  /** A good one that is about how the domain is written: it tells nothing of a client that looks for the dialled address. */
  aboutNames?: true;
  mint(context: MintContext): Promise<Issued> | Issued;
}

export type Service = '_xmpp-client' | '_xmpp-server';

export interface MintContext {
  authority: Authority;
  /** The reference identifier as certificates have it: at least three labels in ASCII, or an address. */
  domain: string;
  /** Addresses that every credential has to name in addition, for a client that verifies what it dialled. */
  dialled: string[];
  /** Where the client has connected, whoever told it: names and addresses. */
  reached: string[];
  /** Names that the attacker or a hosting provider has by right; may be empty. */
  elsewhere: string[];
  /** Another domain that the same host serves. */
  second: string;
  /** Of the user's JID. */
  localpart: string;
  /** Of the SRV-ID (RFC 6120, section 13.7.1.2.1). */
  service: Service;
}

/** An hour back, for clocks that differ; 90 days, as public CAs do: less than any client's limit. */
export const goodValidity = (): Validity => ({
  notBefore: new Date(Date.now() - HOUR),
  notAfter: new Date(Date.now() + 90 * DAY),
});

/** Whom a certificate is for. */
export interface Naming {
  subject: Buffer;
  names: GeneralName[];
}

/**
 * A DNS-ID (for an address an IP-ID) for each, and the first as common name too, as most CAs do: so a client that reads nothing but the common
 * name passes its controls, and is found out by `cn-with-other-san`. It takes 64 characters (RFC 5280, appendix A.1).
 */
export const naming = (...hosts: string[]): Naming => ({
  subject: distinguishedName(...hosts.slice(0, 1).filter((host) => host.length <= 64)),
  names: hosts.map(address),
});

/**
 * Only these names, and no common name: where a certificate has no DNS-ID, OpenSSL and others take a common name for
 * one, and the credential would be about that instead.
 */
export const namingOnly = (...names: GeneralName[]): Naming => ({ subject: distinguishedName(), names });

/** The dialled addresses in addition, where the client looks for them. */
export const andDialled = ({ dialled }: MintContext, { subject, names }: Naming): Naming => ({
  subject,
  names: [...names, ...dialled.map(address)],
});

/** What a client that looks for the dialled address may look for. */
export const reachedBy = ({ dialled, reached }: MintContext) => (dialled.length > 0 ? dialled : reached);

export const rightNames = (context: MintContext): Naming => andDialled(context, naming(context.domain));

/** A good leaf from the root under the right names, but for `fields`; `above`: what is sent after it. */
export function leaf(context: MintContext, fields: Partial<CertificateFields> = {}, above: Buffer[] = []): Issued {
  const key = fields.key ?? newKey();
  const good = { ...rightNames(context), key, issuer: context.authority.root, validity: goodValidity() };
  return issued(key, [certificate({ ...good, ...fields }), ...above]);
}

/** The leaf below `issuer`, which is sent after it, and then whatever is above. */
export const below = (
  context: MintContext,
  issuer: Issuer,
  fields: Partial<CertificateFields> = {},
  above: Buffer[] = [],
): Issued => leaf(context, { issuer, ...fields }, [issuer.der, ...above]);

/**
 * At security level 0, without which OpenSSL refuses to serve it, and every client would seem to be safe. Keys for which
 * TLS 1.3 has no signature scheme need TLS 1.2.
 */
export const weakly = (made: Issued, maxVersion?: 'TLSv1.2'): Issued => ({
  ...made,
  served: { ciphers: 'HIGH:!aNULL:!eNULL', ...(maxVersion && { maxVersion }) },
});

export function issued(key: KeyObject, chain: Buffer[]): Issued {
  const [leafDer = Buffer.alloc(0)] = chain;
  return {
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    chain: chain.map(pem).join(''),
    leafDer,
    sha256: createHash('sha256').update(leafDer).digest('hex'),
    flightBytes: chain.reduce((sum, der) => sum + der.length, 0),
  };
}
