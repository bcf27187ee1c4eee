/** What a validator is given to prove an answer, or that there is none, or that nothing is signed there (RFC 4035). */
import type { Answer, NsecAnswer } from 'dns-packet';
import type { Question, Signatures } from './lookup.ts';
import type { Sections } from './message.ts';
import { type DnsRecord, dnsName } from './records.ts';
import type { Signer } from './signer.ts';

export interface Proof {
  /** Of this zone, or of one above it. */
  signer: Signer;
  /** The zone above says that nothing is signed from here on: an unsigned delegation (RFC 4035, section 5.2). Default: false. */
  insecure?: boolean | undefined;
}

/** What is added to an answer to `question`, out of the records of `domain`. */
export function prover(
  { signer, insecure = false }: Proof,
  { domain, records }: { domain: string; records: readonly DnsRecord[] },
  { name, type }: Question,
  signatures: Signatures,
): (unproved: Sections) => Sections {
  const isCut = insecure && dnsName(domain) === dnsName(name);
  // RFC 4035, section 3.1.4.1: what is known about a delegation is the zone's above.
  const isSigned = !insecure || (isCut && type === 'DS');
  const there = new Set<string>(records.filter((one) => dnsName(one.name) === dnsName(name)).map((one) => one.type));
  const types = isCut ? ['NS'] : [...there];

  const signed = (section: readonly Answer[]) =>
    setsOf(section).flatMap((set) => [...set, signer.sign(set, signatures)]);

  return ({ code, answers, authorities }) => {
    if (!isSigned) return { code, answers, authorities };
    const none = authorities.map((record) => (record.type === 'SOA' ? { ...record, name: signer.apex } : record));
    const isNegative = none.length > 0;
    return {
      // A name that is not there is made out to be there, with no such record: one proof for both (RFC 9824).
      code: code === 'NXDOMAIN' ? 'NOERROR' : code,
      answers: signed(answers),
      authorities: signed(isNegative ? [...none, nothingElseAt(name, types)] : none),
    };
  };
}

/** RFC 4470: it says nothing of any other name, since the next one is the first that there could be. */
function nothingElseAt(name: string, types: string[]): NsecAnswer {
  const next = name === '.' ? '\0' : `\0.${name}`;
  return { type: 'NSEC', name, ttl: 0, data: { nextDomain: dnsName(next), rrtypes: [...types, 'RRSIG', 'NSEC'] } };
}

/** Records of one name and type are signed together (RFC 4035, section 2.2). */
function setsOf(records: readonly Answer[]): Answer[][] {
  const sets = new Map<string, Answer[]>();
  for (const record of records) {
    const id = `${record.type} ${dnsName(record.name)}`;
    sets.set(id, [...(sets.get(id) ?? []), record]);
  }
  return [...sets.values()];
}
