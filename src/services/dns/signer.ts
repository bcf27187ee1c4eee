/**
 * Signatures of DNSSEC (RFC 4034, RFC 4035) for one zone, made as they are asked for. It is a page, and tampering is its
 * purpose: no server for names hands out a signature that is wrong in one thing. Unbound and BIND hold it to the standard
 * (`test/src/services/dns/validators.test.ts`).
 */
import { generateKeyPairSync, sign } from 'node:crypto';
import { type Answer, encode, type RrsigAnswer } from 'dns-packet';
import type { Signatures } from './lookup.ts';
import { type DnsRecord, dnsName } from './records.ts';

export interface Signer {
  /** The name that the key is at: it signs this, and what stands below. */
  apex: string;
  /** The key, DNSKEY: whoever trusts it (a trust anchor, RFC 4033, section 2) can verify all signatures. */
  key: DnsRecord;
  /** @param records of one name and one type, at the apex or below */
  sign(records: readonly Answer[], how: Signatures): RrsigAnswer;
}

/** RFC 4034, section 2.1: a zone's key and a secure entry point; ECDSA P-256 with SHA-256 (RFC 6605). */
const FLAGS = 257;
const PROTOCOL = 3;
const ALGORITHM = 13;
/** Octets of a message before its first record, and of a record between its class and its data. */
const HEADER = 12;
const TTL_AND_LENGTH = 6;
/** Seconds. Around now, by so much that no clock makes a difference. */
const DAY = 86_400;
const VALIDITY = { from: -10 * DAY, to: 30 * DAY };
const EXPIRED = { from: -60 * DAY, to: -30 * DAY };

/** With a key of its own. */
export function createSigner(zone: string): Signer {
  const apex = dnsName(zone);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  // RFC 6605, section 4.
  const point = Buffer.concat([Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  const tag = keyTag(Buffer.concat([Buffer.from([FLAGS >> 8, FLAGS & 0xff, PROTOCOL, ALGORITHM]), point]));

  return {
    apex,
    key: { name: apex, type: 'DNSKEY', data: `${FLAGS} ${PROTOCOL} ${ALGORITHM} ${point.toString('base64')}` },
    sign(records, how) {
      const canonical = inCanonicalForm(records);
      const [first] = canonical;
      if (!first) throw new Error('There is nothing to sign.');
      const now = Math.floor(Date.now() / 1_000);
      const { from, to } = how === 'expired' ? EXPIRED : VALIDITY;
      const data = {
        typeCovered: first.type,
        algorithm: ALGORITHM,
        labels: first.name === '.' ? 0 : first.name.split('.').length,
        originalTTL: ttlOf(first),
        expiration: now + to,
        inception: now + from,
        keyTag: tag,
        signersName: apex,
        signature: Buffer.alloc(0),
      };
      const unsigned: RrsigAnswer = { type: 'RRSIG', name: first.name, ttl: ttlOf(first), data };
      // RFC 4034, section 3.1.8.1: the RDATA without the signature, and then the records.
      const signed = Buffer.concat([rdataOf(unsigned), ...canonical.map(wireOf)]);
      const signature = sign('sha256', signed, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      if (how === 'wrong') signature[0] = (signature[0] ?? 0) ^ 1;
      // The records as they are asked for keep the case of their letters.
      return { ...unsigned, name: records[0]?.name ?? first.name, data: { ...data, signature } };
    },
  };
}

/** RFC 4034, sections 6.2 and 6.3: small letters, no compression (dns-packet knows none), ordered by the data. */
function inCanonicalForm(records: readonly Answer[]): Answer[] {
  return records
    .map((record) => ({ ...record, name: dnsName(record.name) }))
    .sort((a, b) => Buffer.compare(rdataOf(a), rdataOf(b)));
}

const wireOf = (record: Answer) => encode({ answers: [record] }).subarray(HEADER);

function rdataOf(record: Answer): Buffer {
  // A record begins as a question does.
  const beginning = encode({ questions: [{ name: record.name, type: 'A' }] }).length - HEADER;
  return wireOf(record).subarray(beginning + TTL_AND_LENGTH);
}

const ttlOf = (record: Answer) => ('ttl' in record ? (record.ttl ?? 0) : 0);

/** RFC 4034, appendix B. */
function keyTag(rdata: Buffer): number {
  const sum = rdata.reduce((total, octet, index) => total + (index % 2 === 0 ? octet << 8 : octet), 0);
  return (sum + ((sum >> 16) & 0xffff)) & 0xffff;
}
