/** What is in a list of records for a question: an answer, or one of the two ways of saying that there is none. */
import { type DnsRecord, dnsName } from './records.ts';

export interface Question {
  /** As it was asked: the case of the letters is the client's. */
  name: string;
  /** `SRV`; one that dns-packet does not know is `UNKNOWN_65`. */
  type: string;
}

export type ReplyCode = 'NOERROR' | 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED';

/** What an answer out of a signed zone is signed with; `wrong` and `expired` prove nothing. */
export type Signatures = 'good' | 'wrong' | 'expired';

export interface Reply {
  code: ReplyCode;
  records: DnsRecord[];
  /** Default: nothing, as whatever does not come from the zone. */
  signatures?: Signatures | undefined;
}

/** So many aliases behind one another are followed. */
const MOST_ALIASES = 8;

/**
 * A name without such records is there all the same where it has others, or where something stands below it: then there is
 * no error, and nothing in the answer (NODATA; RFC 2308, section 2.2, and RFC 8020). Of aliases the last name counts.
 */
export function lookUp(records: readonly DnsRecord[], { name, type }: Question): Reply {
  const found: DnsRecord[] = [];
  let wanted = name;
  for (let aliases = 0; aliases <= MOST_ALIASES; aliases += 1) {
    const here = records
      .filter((record) => dnsName(record.name) === dnsName(wanted))
      .map((record) => ({ ...record, name: wanted }));
    const fitting = here.filter((record) => type === 'ANY' || record.type === type);
    if (fitting.length > 0) return { code: 'NOERROR', records: [...found, ...fitting], signatures: 'good' };
    const alias = here.find((record) => record.type === 'CNAME');
    if (!alias) {
      const code = here.length > 0 || hasBelow(records, wanted) ? 'NOERROR' : 'NXDOMAIN';
      return { code, records: found, signatures: 'good' };
    }
    found.push(alias);
    wanted = alias.data;
  }
  return { code: 'SERVFAIL', records: [] };
}

/** Whether `name` is `domain`, or stands below it. */
export function isWithin(name: string, domain: string): boolean {
  const [inner, outer] = [dnsName(name), dnsName(domain)];
  return outer === '.' || inner === outer || inner.endsWith(`.${outer}`);
}

function hasBelow(records: readonly DnsRecord[], name: string): boolean {
  return dnsName(name) === '.' || records.some((record) => isWithin(record.name, name));
}
