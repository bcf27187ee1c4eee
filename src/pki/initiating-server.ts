/** The certificate of a server that opens streams, and what a receiving server makes of one (RFC 6120, section 13.7.2.2). */
import type { X509Certificate } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import { type Authority, newKey } from './authority.ts';
import { certificate } from './certificate.ts';
import { goodValidity, type Issued, issued, naming } from './credentials/row.ts';
import { srv, xmppAddress } from './names.ts';

/** For TLS in both directions, under all names that a server may be looked for by. */
export function initiatingServer({ root }: Authority, domain: string): Issued {
  const key = newKey();
  const { subject, names } = naming(domain);
  const all = [...names, srv(`_xmpp-server.${domain}`), xmppAddress(domain)];
  const purposes = ['serverAuth', 'clientAuth'] as const;
  return issued(key, [
    certificate({ subject, names: all, purposes: [...purposes], key, issuer: root, validity: goodValidity() }),
  ]);
}

/** Why it does not prove that its holder is `domain`, in a sentence; null: it does. */
export function faultOf(authority: Authority, presented: X509Certificate, domain: string): string | null {
  if (!presented.verify(createPublicKey(authority.root.key))) return 'It is not from the test CA.';
  const now = Date.now();
  if (Date.parse(presented.validFrom) > now || Date.parse(presented.validTo) < now) return 'It is not valid today.';
  // For a name with NUL in it, which base64 can bring, Node throws.
  return domain.includes('\0') || presented.checkHost(domain) === undefined ? `It is not for ${domain}.` : null;
}
