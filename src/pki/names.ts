/** What a certificate may say of whom it is for: the forms of GeneralName that XMPP meets, and the subject's DN. */
import { isIP } from 'node:net';
import { ia5String, oid, sequence, set, tagged, taggedOctets, utf8String } from './der.ts';

/** One GeneralName (RFC 5280, section 4.2.1.6), encoded. */
export type GeneralName = Buffer;

/** DNS-ID. Any text: NUL, wildcards and, as UTF-8, what is no IA5String go in as they are. */
export const dns = (name: string): GeneralName => taggedOctets(2, Buffer.from(name, 'utf8'));

/** An e-mail address. */
export const email = (mailbox: string): GeneralName => taggedOctets(1, Buffer.from(mailbox, 'latin1'));

/** URI-ID. */
export const uri = (value: string): GeneralName => taggedOctets(6, Buffer.from(value, 'latin1'));

/** SRV-ID, id-on-dnsSRV (RFC 4985, section 2), such as `_xmpp-client.im.example`. */
export const srv = (name: string): GeneralName => otherName('1.3.6.1.5.5.7.8.7', ia5String(name));

/** XmppAddr, id-on-xmppAddr (RFC 6120, section 13.7.1.4). */
export const xmppAddress = (jid: string): GeneralName => otherName('1.3.6.1.5.5.7.8.5', utf8String(jid));

/** What names a host: an iPAddress for a literal, else a DNS-ID. */
export const address = (host: string): GeneralName => (isIP(host) ? taggedOctets(7, ipOctets(host)) : dns(host));

const otherName = (type: string, value: Buffer): GeneralName => tagged(0, oid(type), tagged(0, value));

function ipOctets(literal: string): Buffer {
  if (isIP(literal) === 4) return Buffer.from(literal.split('.').map(Number));
  const [head = '', tail] = literal.split('::');
  const groups = (part: string) => part.split(':').filter((group) => group !== '');
  const before = groups(head);
  const after = groups(tail ?? '');
  const all = [...before, ...Array(8 - before.length - after.length).fill('0'), ...after];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

const ORGANISATION = '2.5.4.10';
const COMMON_NAME = '2.5.4.3';

/** An organisation for everybody: a subject that is not empty keeps the SAN from having to be critical. */
export const distinguishedName = (...commonNames: string[]): Buffer =>
  subject([ORGANISATION, 'xmpp-mallory'], ...commonNames.map((name): Attribute => [COMMON_NAME, name]));

/** A subject without common name whose organisation is any text. */
export const organisation = (name: string): Buffer => subject([ORGANISATION, name]);

/** RFC 5280, section 4.1.2.6: the subject of a certificate whose names all stand in the subjectAltName. */
export const NO_SUBJECT: Buffer = sequence();

type Attribute = [type: string, value: string];

const subject = (...attributes: Attribute[]): Buffer =>
  sequence(...attributes.map(([type, value]) => set(sequence(oid(type), utf8String(value)))));
