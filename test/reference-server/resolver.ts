/**
 * A stub resolver that validates (RFC 4035, section 5), as far as one key goes: it shares no code with the signatures that it
 * verifies. What is not signed has to be proved to be so, by a delegation without a DS record.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { createSocket } from 'node:dgram';
import {
  type Answer,
  CHECKING_DISABLED,
  DNSSEC_OK,
  decode,
  encode,
  RECURSION_DESIRED,
  type RecordType,
  type RrsigAnswer,
} from 'dns-packet';
import type { Has } from '../reference-client/faults.ts';

/** RFC 4033, section 5. */
export type Security = 'secure' | 'insecure' | 'bogus';

export interface Lookup {
  security: Security;
  records: Answer[];
}

export type LookUp = (name: string, type: 'SRV' | 'A' | 'TLSA') => Promise<Lookup>;

interface Anchor {
  zone: string;
  key: KeyObject;
}

/** Milliseconds. */
const PATIENCE = 5_000;
const HEADER = 12;
/** Of a record, behind its owner: type, class, TTL and the length of its data. */
const FIXED = 10;

/** @param anchor a DNSKEY record as in a zone file: whoever has none finds nothing secure. */
export function createLookUp(resolver: string, anchor: string | null, has: Has): LookUp {
  const trusted = anchor === null ? null : anchorIn(anchor);

  async function lookUp(name: string, type: 'SRV' | 'A' | 'TLSA'): Promise<Lookup> {
    const { answers = [], authorities = [], rcode } = await ask(resolver, name, type);
    if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') return { security: 'bogus', records: [] };
    const records = answers.filter((one) => one.type === type && one.name.toLowerCase() === name.toLowerCase());
    const within = trusted !== null && `.${name}`.endsWith(`.${trusted.zone}`);
    if (!within) return { security: has('dane-without-dnssec') ? 'secure' : 'insecure', records };
    const proved =
      records.length > 0 ? isSigned(records, answers, trusted) : isDenied(name, type, authorities, trusted);
    if (proved || has('dane-without-dnssec')) return { security: 'secure', records };
    const isBare = ![...answers, ...authorities].some((one) => one.type === 'RRSIG');
    if (isBare && has('dnssec-unsigned-is-insecure')) return { security: 'insecure', records };
    return { security: (await isDelegated(name, trusted)) ? 'insecure' : 'bogus', records };
  }

  /** From the top: whether one of the names above, or the name itself, is where the signed part ends. */
  async function isDelegated(name: string, { zone, key }: Anchor): Promise<boolean> {
    const labels = name.slice(0, -zone.length - 1).split('.');
    for (let count = 1; count <= labels.length; count += 1) {
      const above = `${labels.slice(-count).join('.')}.${zone}`;
      const { authorities = [] } = await ask(resolver, above, 'DS');
      const types = typesAt(above, authorities, { zone, key });
      if (types?.includes('NS') && !types.includes('SOA') && !types.includes('DS')) return true;
    }
    return false;
  }

  function isDenied(name: string, type: string, authorities: Answer[], at: Anchor): boolean {
    const types = typesAt(name, authorities, at);
    return types !== null && !types.includes(type) && !types.includes('CNAME');
  }

  /** What an NSEC record of this very name says is there; null: none that holds says anything. */
  function typesAt(name: string, authorities: Answer[], at: Anchor): string[] | null {
    const nsec = authorities.filter((one) => one.type === 'NSEC' && one.name.toLowerCase() === name.toLowerCase());
    const [first] = nsec;
    return first?.type === 'NSEC' && isSigned(nsec, authorities, at) ? first.data.rrtypes : null;
  }

  /** RFC 4035, section 5.3. */
  function isSigned(set: Answer[], section: Answer[], { zone, key }: Anchor): boolean {
    const [{ name, type } = { name: '', type: '' }] = set;
    const now = Date.now() / 1_000;
    return section.some((one) => {
      if (one.type !== 'RRSIG' || one.data.typeCovered !== type || one.name !== name) return false;
      const { signersName, labels, inception, expiration, algorithm } = one.data;
      const isOurs = signersName === zone && labels === name.split('.').length && algorithm === 13;
      const isNow = inception <= now && now <= expiration;
      return isOurs && (isNow || has('dnssec-any-dates')) && (holds(one, set, key) || has('dnssec-any-signature'));
    });
  }

  return lookUp;
}

/** RFC 4034, section 3.1.8.1: the signature's own fields, and the records in order, with the TTL that was signed. */
function holds(signature: RrsigAnswer, set: Answer[], key: KeyObject): boolean {
  const fields = wireOf({ ...signature, data: { ...signature.data, signature: Buffer.alloc(0) } }).rdata;
  const records = set
    .map((record) => wireOf({ ...record, ttl: signature.data.originalTTL, name: record.name.toLowerCase() } as Answer))
    .sort((a, b) => Buffer.compare(a.rdata, b.rdata));
  const signed = Buffer.concat([fields, ...records.map(({ whole }) => whole)]);
  return verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature.data.signature);
}

function wireOf(record: Answer): { whole: Buffer; rdata: Buffer } {
  const whole = encode({ answers: [record] }).subarray(HEADER);
  return { whole, rdata: whole.subarray(ownerLength(whole) + FIXED) };
}

function ownerLength(record: Buffer): number {
  let at = 0;
  while (record[at]) at += (record[at] ?? 0) + 1;
  return at + 1;
}

/** `NAME. IN DNSKEY 257 3 13 BASE64`; RFC 6605, section 4. */
function anchorIn(record: string): Anchor {
  const [name = '', , , , , , text = ''] = record.trim().split(' ');
  const point = Buffer.from(text, 'base64');
  const coordinate = (from: number, to?: number) => point.subarray(from, to).toString('base64url');
  const key = createPublicKey({
    format: 'jwk',
    key: { kty: 'EC', crv: 'P-256', x: coordinate(0, 32), y: coordinate(32) },
  });
  return { zone: name.replace(/\.$/, ''), key };
}

async function ask(resolver: string, name: string, type: RecordType) {
  const [host = '', port = ''] = resolver.split(':');
  const socket = createSocket('udp4');
  try {
    return await new Promise<ReturnType<typeof decode> & { rcode?: string }>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', (message) => resolve(decode(message)));
      AbortSignal.timeout(PATIENCE).addEventListener('abort', () => reject(new Error(`no answer about ${name}`)));
      const edns = { udpPayloadSize: 4_096, extendedRcode: 0, ednsVersion: 0, options: [] };
      const query = encode({
        ...{ type: 'query', id: Math.floor(Math.random() * 0x10000), flags: RECURSION_DESIRED | CHECKING_DISABLED },
        questions: [{ name, type }],
        additionals: [{ type: 'OPT', name: '.', ...edns, flags: DNSSEC_OK, flag_do: true }],
      });
      socket.send(query, Number(port), host);
    });
  } finally {
    socket.close();
  }
}
