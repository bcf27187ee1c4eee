/** Whether an OCSP response says that the certificate holds (RFC 6960, section 3.2), and the faults of that. */
import { verify, type X509Certificate } from 'node:crypto';
import { inside, items } from './certificate.ts';
import { type Fault, type Has, switchedOn } from './faults.ts';
import { extensionOf, fieldsOf, TLS_FEATURE } from './fields.ts';

interface Staple {
  /** DER, as signed. */
  data: Buffer;
  signature: Buffer;
  serial: Buffer;
  good: boolean;
  from: number;
  until: number;
}

interface Checks {
  signed(staple: Staple, issuer: X509Certificate): boolean;
  same(staple: Staple, leaf: X509Certificate): boolean;
  inTime(staple: Staple): boolean;
}

const correct: Checks = {
  signed: ({ data, signature }, { publicKey }) => verify('sha256', data, publicKey, signature),
  same: ({ serial }, leaf) => serial.equals(fieldsOf(leaf).serial),
  inTime: ({ from, until }) => from <= Date.now() && Date.now() <= until,
};

const faulty: Partial<Record<Fault, Partial<Checks>>> = {
  'staple-any-signer': { signed: () => true },
  'staple-any-certificate': { same: () => true },
  'staple-any-time': { inTime: () => true },
};

/** `staple`: what came, if any did. A certificate may demand one (RFC 7633). */
export function checkStaple(staple: Buffer | null, leaf: X509Certificate, issuer: X509Certificate, has: Has): boolean {
  if (staple === null) return extensionOf(leaf, TLS_FEATURE) === undefined || has('ignores-must-staple');
  if (has('no-staple')) return false;
  if (has('ignores-staple')) return true;
  const read = readStaple(staple);
  const { signed, same, inTime }: Checks = Object.assign({}, correct, ...switchedOn(faulty, has));
  return read !== null && signed(read, issuer) && same(read, leaf) && inTime(read) && read.good;
}

const SUCCESSFUL = 0;
const GOOD = 0x80;

/** Null for what is no successful response. */
function readStaple(der: Buffer): Staple | null {
  const [status, bytes] = inside(items(der)[0]);
  if (status?.content[0] !== SUCCESSFUL || !bytes) return null;
  const basic = items(inside(inside(bytes)[0])[1]?.content ?? Buffer.alloc(0))[0];
  const [data, , signature] = inside(basic);
  const [certId, certStatus, from, until] = inside(inside(inside(data)[2])[0]);
  if (!basic || !data || !signature || !certId) return null;
  return {
    // The first thing in the response, with its own tag and length.
    data: basic.content.subarray(0, data.content.byteOffset - basic.content.byteOffset + data.content.length),
    signature: signature.content.subarray(1),
    serial: inside(certId)[3]?.content ?? Buffer.alloc(0),
    good: certStatus?.tag === GOOD,
    from: timeOf(from?.content),
    until: timeOf(inside(until)[0]?.content),
  };
}

/** GeneralizedTime. */
function timeOf(octets: Buffer | undefined): number {
  const digits = octets?.toString('latin1') ?? '';
  return Date.parse(digits.replace(/^(....)(..)(..)(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
