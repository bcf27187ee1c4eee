/** Whether a certificate names the domain (RFC 9525, section 6; RFC 6120, section 13.7.2.1), and the faults of that. */
import { isIP } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';
import type { Names } from './certificate.ts';
import { type Fault, type Has, switchedOn } from './faults.ts';

export interface Reference {
  /** With A-labels, or an address. */
  domain: string;
  /** The same as the client was given it. */
  asTold: string;
  localpart: string;
  /** Of the SRV-ID. */
  service: '_xmpp-client' | '_xmpp-server';
  /** What it connected to, and what DNS made of that. */
  dialled: string;
  address: string;
  /** What the other side said in clear that it is. */
  headerFrom: string | null;
}

/** RFC 9525, section 6.3: U-labels are converted before anything is compared. */
export const asciiOf = (domain: string) => (isIP(domain) ? domain : domainToASCII(domain));

/**
 * What a correct client accepts: a DNS-ID, with a wildcard for its first label, the SRV-ID of the service or the XmppAddr;
 * for an address an IP-ID and nothing else.
 */
export function isNamed({ dns, srv, xmpp, ip }: Names, domain: string, service = '_xmpp-client'): boolean {
  if (isIP(domain)) return ip.includes(domain);
  const srvId = `${service}.${domain}`;
  return (
    dns.some((name) => matches(name, domain)) ||
    srv.some((name) => equal(name, srvId)) ||
    xmpp.some((name) => equal(name, domain))
  );
}

type NameCheck = (names: Names, reference: Reference) => boolean;

/** What a fault accepts besides. */
const accepted: Partial<Record<Fault, NameCheck>> = {
  'skips-name': () => true,
  'name-is-dialled': ({ ip, dns }, { dialled }) => [...ip, ...dns].some((name) => equal(name, dialled)),
  'name-is-resolved': ({ ip }, { address }) => ip.some((name) => equal(name, address)),
  'name-is-header-from': (names, { headerFrom, service }) => headerFrom !== null && isNamed(names, headerFrom, service),
  'name-suffix': ({ dns }, { domain }) => dns.some((name) => domain.endsWith(name) || name.endsWith(domain)),
  'name-prefix': ({ dns }, { domain }) => dns.some((name) => name.startsWith(domain)),
  'name-sibling': ({ dns }, { domain }) => dns.some((name) => parent(name) === parent(domain)),
  'name-cn': ({ commonNames }, { domain }) => commonNames.some((name) => equal(name, domain)),
  'name-cn-only': ({ commonNames }, { domain }) => commonNames.some((name) => equal(name, domain)),
  'name-nul': ({ dns, srv, xmpp, commonNames }, { domain, service }) =>
    [...dns, ...srv, ...xmpp, ...commonNames].some(
      (name) => name.includes('\0') && equal(name.slice(0, name.indexOf('\0')).replace(`${service}.`, ''), domain),
    ),
  'name-localpart': ({ dns }, { localpart }) => dns.some((name) => equal(name, localpart)),
  'name-list': ({ dns }, { domain }) =>
    dns
      .join(', ')
      .split(', ')
      .some((name) => equal(name.replace('DNS:', ''), domain)),
  'name-printed-subject': ({ subject }, { domain }) =>
    subject
      .join()
      .split(/[\n,/] *CN=/)
      .some((name) => equal(name, domain)),
  'name-trailing-dot': ({ dns }, { domain }) => dns.some((name) => equal(name, `${domain}.`)),
  'name-raw-unicode': ({ dns }, { domain }) => dns.some((name) => asciiOf(fromUtf8(name)) === domain),
  'name-accents': ({ dns }, { domain }) => dns.some((name) => withoutAccents(name) === withoutAccents(domain)),
  'name-ip-as-text': ({ dns }, { domain }) => isIP(domain) > 0 && dns.includes(domain),
  'name-gives-up': ({ dns }) => dns.length > MANY,
  'name-wildcard-deep': ({ dns }, { domain }) =>
    dns.some((name) => name.startsWith('*.') && `.${domain}`.endsWith(name.slice(1))),
  'name-wildcard-anywhere': ({ dns }, { domain }) => dns.some((name) => name === '*' || glob(name).test(domain)),
  'name-srv-any-service': ({ srv }, { domain }) => srv.some((name) => equal(afterLabel(name), domain)),
  'name-srv-any-domain': ({ srv }, { service }) => srv.some((name) => name.startsWith(`${service}.`)),
  'name-srv-wildcard': ({ srv }, { domain, service }) =>
    srv.some((name) => name.startsWith(`${service}.*.`) && matches(afterLabel(name), domain)),
  'name-xmpp-any-domain': ({ xmpp }) => xmpp.length > 0,
  'name-xmpp-user': ({ xmpp }, { domain }) => xmpp.some((name) => equal(name.slice(name.indexOf('@') + 1), domain)),
  'name-any-san': ({ other, xmpp }, { domain }) => [...other, ...xmpp].some((name) => name.includes(domain)),
};

/** What a fault refuses although it is right. */
const refused: Partial<Record<Fault, NameCheck>> = {
  'no-wildcard': ({ dns }) => dns.some((name) => name.includes('*')),
  'no-srv-id': ({ srv }) => srv.length > 0,
  'no-xmpp-addr': ({ xmpp }) => xmpp.length > 0,
  'no-many-names': ({ dns }) => dns.length > 100,
  'no-empty-subject': ({ subject }) => subject.length === 0,
  'no-idn': (_names, { asTold }) => asTold !== asciiOf(asTold),
  'no-ip-id': (_names, { domain }) => isIP(domain) > 0,
  'name-case': ({ dns }) => dns.some((name) => name !== name.toLowerCase()),
  'name-cn-only': ({ commonNames }, { domain }) => !commonNames.some((name) => equal(name, domain)),
};

export function checkNames(names: Names, reference: Reference, has: Has): boolean {
  const some = (table: Partial<Record<Fault, NameCheck>>) =>
    switchedOn(table, has).some((check) => check(names, reference));
  return (isNamed(names, reference.domain, reference.service) || some(accepted)) && !some(refused);
}

/** RFC 9525, section 6.3: the wildcard is the whole first label, and stands for one; never for all below a top-level domain. */
function matches(presented: string, domain: string): boolean {
  if (!presented.startsWith('*.')) return equal(presented, domain);
  return /^[^*]+\.[^*]+$/.test(afterLabel(presented)) && equal(afterLabel(presented), parent(domain));
}

/** More names than anybody needs. */
const MANY = 500;

const fromUtf8 = (octets: string) => Buffer.from(octets, 'latin1').toString('utf8');
const withoutAccents = (domain: string) => domainToUnicode(domain).normalize('NFD').replace(/\p{M}/gu, '');
const equal = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
const afterLabel = (name: string) => name.slice(name.indexOf('.') + 1);
const parent = afterLabel;

/** Each asterisk for any part of a label. */
const glob = (name: string) => {
  const literal = (part: string) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&');
  return new RegExp(`^${name.split('*').map(literal).join('[^.]*')}$`, 'i');
};
