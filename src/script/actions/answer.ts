import { problemOf, RECORD_TYPES, type RecordType } from '../../services/dns/records.ts';
import { defineAction } from '../action.ts';
import { heard, isAskedFor } from '../lookup.ts';

export interface Answer {
  /** The name that is asked for, such as `_xmpp-client._tcp.{domain}`. Default: any. */
  name?: string | undefined;
  /** Default: any. */
  type?: RecordType | undefined;
  /** `none`: there are no such records; `silence`: no answer at all. Else records of `type`, as in a zone file. */
  with: 'nxdomain' | 'none' | 'servfail' | 'refused' | 'silence' | string[];
}

/**
 * Answers a question to DNS as the attacker likes: with these records (data as in a zone file: `0 5 5222 xmpp1.hosting.test.`), or that the name
 * is not there (`nxdomain`), that it has no such records (`none`), with an error, or not at all (`silence`).
 */
export const answer = defineAction<Answer>({
  points: ['lookup'],
  params: (z) =>
    z
      .strictObject({
        name: z.string().optional().describe('the name that is asked for; default: any'),
        type: z.enum(RECORD_TYPES).optional().describe('the type that is asked for; default: any'),
        with: z.union([
          z.enum(['nxdomain', 'none', 'servfail', 'refused', 'silence']),
          z.array(z.string()).min(1).describe('data of records of that type'),
        ]),
      })
      .superRefine(({ type, with: data }, context) => {
        if (!Array.isArray(data)) return;
        if (type === undefined)
          return context.addIssue({ code: 'custom', path: ['type'], message: 'records need a type' });
        for (const [index, one] of data.entries()) {
          const problem = problemOf({ type, data: sample(one) });
          if (problem)
            context.addIssue({ code: 'custom', path: ['with', index], message: `is no record of ${problem}` });
        }
      }),
  apply(moment, { name, type, with: data }) {
    const { lookup, fill } = moment;
    if (!lookup || !isAskedFor(moment, { name, type })) return false;
    if (data === 'silence') {
      lookup.reply = null;
    } else if (Array.isArray(data)) {
      const of = { name: lookup.question.name, type: type ?? 'A' };
      lookup.reply = { code: 'NOERROR', records: data.map((one) => ({ ...of, data: fill(one) })) };
    } else {
      lookup.reply = { code: CODES[data], records: [] };
    }
    return true;
  },
  delivered: heard,
});

const CODES = { nxdomain: 'NXDOMAIN', none: 'NOERROR', servfail: 'SERVFAIL', refused: 'REFUSED' } as const;

/** What its variables may stand for. */
const sample = (text: string) =>
  text.replace(/\{endpoint\.[a-z0-9-]+\.port\}/g, '5222').replace(/\{[a-z][\w.-]*\}/g, 'x.test');
