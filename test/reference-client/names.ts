/** Whether a certificate names the domain (RFC 9525, section 6; RFC 6120, section 13.7.2.1), and the faults of that. */
import type { Names } from './certificate.ts';
import { type Fault, type Has, switchedOn } from './faults.ts';

export interface Reference {
  domain: string;
  /** The address of the connection. */
  dialled: string;
  /** What the other side said in clear that it is. */
  headerFrom: string | null;
}

/** What a correct client accepts: a DNS-ID, with a wildcard for its first label, or the SRV-ID of the service. */
export function isNamed(names: Names, domain: string): boolean {
  const srvId = `_xmpp-client.${domain}`;
  return names.dns.some((name) => matches(name, domain)) || names.srv.some((name) => equal(name, srvId));
}

type NameCheck = (names: Names, reference: Reference) => boolean;

/** What a fault accepts besides. */
const accepted: Partial<Record<Fault, NameCheck>> = {
  'skips-name': () => true,
  'name-is-dialled': ({ ip, dns }, { dialled }) => [...ip, ...dns].some((name) => equal(name, dialled)),
  'name-is-header-from': (names, { headerFrom }) => headerFrom !== null && isNamed(names, headerFrom),
  'name-suffix': ({ dns }, { domain }) => dns.some((name) => domain.endsWith(name) || name.endsWith(domain)),
  'name-prefix': ({ dns }, { domain }) => dns.some((name) => name.startsWith(domain)),
  'name-sibling': ({ dns }, { domain }) => dns.some((name) => parent(name) === parent(domain)),
  'name-cn': ({ commonNames }, { domain }) => commonNames.some((name) => equal(name, domain)),
  'name-cn-only': ({ commonNames }, { domain }) => commonNames.some((name) => equal(name, domain)),
  'name-nul': ({ dns, commonNames }, { domain }) =>
    [...dns, ...commonNames].some((name) => name.includes('\0') && equal(name.slice(0, name.indexOf('\0')), domain)),
  'name-wildcard-deep': ({ dns }, { domain }) =>
    dns.some((name) => name.startsWith('*.') && `.${domain}`.endsWith(name.slice(1))),
  'name-wildcard-anywhere': ({ dns }, { domain }) => dns.some((name) => name === '*' || glob(name).test(domain)),
  'name-srv-any-service': ({ srv }, { domain }) => srv.some((name) => equal(afterLabel(name), domain)),
  'name-srv-any-domain': ({ srv }) => srv.some((name) => name.startsWith('_xmpp-client.')),
  'name-any-san': ({ other }, { domain }) => other.some((name) => name.includes(domain)),
};

/** What a fault refuses although it is right. */
const refused: Partial<Record<Fault, NameCheck>> = {
  'no-wildcard': ({ dns }) => dns.some((name) => name.includes('*')),
  'no-srv-id': ({ srv }) => srv.length > 0,
  'name-case': ({ dns }) => dns.some((name) => name !== name.toLowerCase()),
  'name-cn-only': ({ commonNames }, { domain }) => !commonNames.some((name) => equal(name, domain)),
};

export function checkNames(names: Names, reference: Reference, has: Has): boolean {
  const some = (table: Partial<Record<Fault, NameCheck>>) =>
    switchedOn(table, has).some((check) => check(names, reference));
  return (isNamed(names, reference.domain) || some(accepted)) && !some(refused);
}

/** RFC 9525, section 6.3: the wildcard is the whole first label, and stands for one. */
function matches(presented: string, domain: string): boolean {
  if (!presented.startsWith('*.')) return equal(presented, domain);
  return !afterLabel(presented).includes('*') && equal(afterLabel(presented), parent(domain));
}

const equal = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
const afterLabel = (name: string) => name.slice(name.indexOf('.') + 1);
const parent = afterLabel;

/** Each asterisk for any part of a label. */
const glob = (name: string) => {
  const literal = (part: string) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&');
  return new RegExp(`^${name.split('*').map(literal).join('[^.]*')}$`, 'i');
};
