/** A small suite in the format of x509-limbo, made with our own PKI. */
import { createAuthority, intermediate, newKey, unknownRoot } from '../../../src/pki/authority.ts';
import { type CertificateFields, certificate, DAY, type Issuer, pem } from '../../../src/pki/certificate.ts';
import { distinguishedName, dns } from '../../../src/pki/names.ts';

const authority = await createAuthority();
const above = intermediate(authority, 'limbo');

const YEARS = 365 * DAY;
/** As the suite's own: far longer than any clock is wrong. */
const LONG = { notBefore: new Date(0), notAfter: new Date(Date.now() + 900 * YEARS) };

interface Leaf extends Partial<Pick<CertificateFields, 'validity' | 'purposes'>> {
  name: string;
  issuer?: Issuer;
}

function leaf({ name, issuer = authority.root, ...fields }: Leaf) {
  const key = newKey();
  const subject = distinguishedName();
  return {
    peer_certificate: pem(certificate({ subject, key, issuer, names: [dns(name)], validity: LONG, ...fields })),
    peer_certificate_key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** A case that is to succeed, but for `fields`. */
export function limboCase(id: string, { name = 'example.com', ...own }: Partial<Leaf> = {}, fields: object = {}) {
  return {
    id,
    conflicts_with: [],
    features: [] as string[],
    importance: 'undetermined',
    description: 'Produces the following **valid** chain:\n\n```\nroot -> EE\n```',
    validation_kind: 'SERVER',
    trusted_certs: [authority.caPem],
    untrusted_intermediates: [] as string[],
    ...leaf({ name, ...own }),
    validation_time: null,
    signature_algorithms: [],
    key_usage: [],
    extended_key_usage: [],
    expected_result: 'SUCCESS',
    expected_peer_name: { kind: 'DNS', value: 'example.com' } as object | null,
    expected_peer_names: [],
    max_chain_depth: null,
    crls: [] as string[],
    ...fields,
  };
}

const fails = { expected_result: 'FAILURE' };
const expired = { notBefore: new Date('2020-01-01'), notAfter: new Date('2020-12-31') };

/** Put to the reference client: each with the verdict that it deserves. */
export const served = [
  limboCase('good::plain'),
  limboCase('good::below', { issuer: above }, { untrusted_intermediates: [pem(above.der)] }),
  // What the suite means by this is of its own time; ours is on the same side of it.
  limboCase(
    'rfc5280::validity::expired-leaf',
    { validity: expired },
    { ...fails, validation_time: new Date(Date.now() - 100 * DAY).toISOString() },
  ),
  limboCase('webpki::san::mismatch-domain-san', { name: 'example2.com' }, fails),
  limboCase('rfc5280::chain-untrusted-root', { issuer: unknownRoot(authority) }, fails),
  limboCase('rfc5280::eku::ee-wrong-eku', { purposes: ['clientAuth'] }, fails),
  // Nothing is wrong with these three, so that a correct client shows how they are judged.
  limboCase('undetermined::accepted', {}, fails),
  limboCase('critical::accepted', {}, { ...fails, importance: 'critical' }),
  limboCase('optional::accepted', {}, { ...fails, features: ['pedantic-serial-number'], importance: 'high' }),
  limboCase('good::refused', { name: 'example2.com' }),
  limboCase('good::refused-optional', { name: 'example2.com' }, { features: ['name-constraint-dn'] }),
];

export const skipped: [reason: RegExp, one: ReturnType<typeof limboCase>][] = [
  [/no private key/, limboCase('skip::key', {}, { peer_certificate_key: null })],
  [/CRL/, limboCase('skip::crl', {}, { ...fails, crls: ['-----BEGIN X509 CRL-----'] })],
  [/CRL/, limboCase('skip::crl-feature', {}, { ...fails, features: ['has-crl'] })],
  [/depth/, limboCase('skip::depth', {}, { max_chain_depth: 1 })],
  [/signature algorithms/, limboCase('skip::algorithms', {}, { signature_algorithms: ['ECDSA_WITH_SHA384'] })],
  [/wants clientAuth/, limboCase('skip::purpose', {}, { extended_key_usage: ['clientAuth'] })],
  [/wants keyCertSign/, limboCase('skip::usage', {}, { key_usage: ['keyCertSign'] })],
  [/no peer name/, limboCase('skip::no-name', {}, { expected_peer_name: null })],
  [/\(IP ::1\) is no domain/, limboCase('skip::ip', {}, { expected_peer_name: { kind: 'IP', value: '::1' } })],
  [
    /\(RFC822 a@b\.c\) is no domain/,
    limboCase('skip::mail', {}, { expected_peer_name: { kind: 'RFC822', value: 'a@b.c' } }),
  ],
  [/cannot be the domain/, limboCase('skip::odd', {}, { expected_peer_name: { kind: 'DNS', value: '*.example.com' } })],
  [
    /clock that stands at 2020-06/,
    limboCase('skip::clock', { validity: expired }, { validation_time: '2020-06-01T00:00:00Z' }),
  ],
  [/clock that stands at 1960/, limboCase('skip::early', {}, { ...fails, validation_time: '1960-01-01T00:00:00Z' })],
  [/has expired since/, limboCase('skip::old', { validity: expired })],
  [
    /OpenSSL .* of this machine/,
    limboCase('skip::other-key', {}, { peer_certificate_key: leaf({ name: 'x' }).peer_certificate_key }),
  ],
];

export const suite = (testcases: object[], version: unknown = 1) => JSON.stringify({ version, testcases });

/** Of client authentication: no scenario is made of it. */
export const ofClients = limboCase('client::good', {}, { validation_kind: 'CLIENT' });
