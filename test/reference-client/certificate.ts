/** The names in a certificate, read from its DER: what OpenSSL prints of them cannot be told apart from other names. */

export interface Names {
  dns: string[];
  /** `_service.domain` (RFC 4985). */
  srv: string[];
  /** XmppAddr, as the octets of the UTF-8 (RFC 6120, section 13.7.1.4). */
  xmpp: string[];
  ip: string[];
  /** Every other kind, as the octets of its value. */
  other: string[];
  commonNames: string[];
  /** The values of all attributes of the subject, the common names too. */
  subject: string[];
}

export interface Item {
  tag: number;
  content: Buffer;
}

const SUBJECT_ALT_NAME = '551d11';
const COMMON_NAME = '550403';
const DNS_SRV = '2b06010505070807';
const XMPP_ADDR = '2b06010505070805';

const noNames = (): Names => ({ dns: [], srv: [], xmpp: [], ip: [], other: [], commonNames: [], subject: [] });

export function namesIn(der: Buffer): Names {
  const names = noNames();
  // Version 1 is left out.
  const fields = inside(inside(items(der)[0])[0]).filter(({ tag }) => tag !== 0xa0);
  // serialNumber, signature, issuer, validity, subject.
  for (const attribute of inside(fields[4]).flatMap((set) => inside(set))) {
    const [type, value] = inside(attribute);
    names.subject.push(text(value));
    if (hex(type) === COMMON_NAME) names.commonNames.push(text(value));
  }
  const extensions = inside(inside(fields.find(({ tag }) => tag === 0xa3))[0]);
  for (const extension of extensions.map((each) => inside(each))) {
    if (hex(extension[0]) !== SUBJECT_ALT_NAME) continue;
    for (const name of inside(inside(extension.at(-1))[0])) add(names, name);
  }
  return names;
}

const otherNames: Record<string, 'srv' | 'xmpp'> = { [DNS_SRV]: 'srv', [XMPP_ADDR]: 'xmpp' };
/** Of GeneralNames that stand elsewhere than in a subjectAltName. */
export function namesOf(generalNames: Item[]): Names {
  const names = noNames();
  for (const name of generalNames) add(names, name);
  return names;
}

/** GeneralName, RFC 5280, section 4.2.1.6. */
function add(names: Names, name: Item): void {
  const kind = name.tag === 0xa0 ? hex(inside(name)[0]) : '';
  if (name.tag === 0x82) names.dns.push(text(name));
  else if (name.tag === 0x87) names.ip.push(ip(name.content));
  else if (otherNames[kind]) names[otherNames[kind]].push(text(inside(inside(name)[1])[0]));
  else names.other.push(text(name));
}

function ip(octets: Buffer): string {
  return octets.length === 4 ? octets.join('.') : octets.toString('hex');
}

export function items(der: Buffer): Item[] {
  const list: Item[] = [];
  for (let at = 0; at + 1 < der.length; ) {
    const first = der.readUInt8(at + 1);
    const octets = first < 0x80 ? 0 : first & 0x7f;
    if (octets > 6 || at + 2 + octets > der.length) return list;
    const length = octets === 0 ? first : der.readUIntBE(at + 2, octets);
    const start = at + 2 + octets;
    list.push({ tag: der.readUInt8(at), content: der.subarray(start, start + length) });
    at = start + length;
  }
  return list;
}

export const inside = (item: Item | undefined): Item[] => (item ? items(item.content) : []);
const text = (item: Item | undefined): string => item?.content.toString('latin1') ?? '';
export const hex = (item: Item | undefined): string => item?.content.toString('hex') ?? '';
