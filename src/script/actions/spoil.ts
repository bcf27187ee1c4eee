import type { RecordType } from '../../services/dns/records.ts';
import { RECORD_TYPES } from '../../services/dns/records.ts';
import { defineAction } from '../action.ts';
import { heard, isAskedFor } from '../lookup.ts';

export interface Spoil {
  /** The name that is asked for. Default: any. */
  name?: string | undefined;
  /** Default: any. */
  type?: RecordType | undefined;
  signatures: 'wrong' | 'expired' | 'missing';
}

/**
 * Leaves an answer of DNS as it is, and spoils what proves it (DNSSEC): its signatures are `wrong`, have `expired`, or are `missing`
 * where the zone has them. A resolver that validates finds it bogus.
 */
export const spoil = defineAction<Spoil>({
  points: ['lookup'],
  params: (z) =>
    z.strictObject({
      name: z.string().optional().describe('the name that is asked for; default: any'),
      type: z.enum(RECORD_TYPES).optional().describe('the type that is asked for; default: any'),
      signatures: z.enum(['wrong', 'expired', 'missing']),
    }),
  apply(moment, { name, type, signatures }) {
    const { lookup } = moment;
    if (!lookup?.reply?.signatures || !isAskedFor(moment, { name, type })) return false;
    lookup.reply = { ...lookup.reply, signatures: signatures === 'missing' ? undefined : signatures };
    return true;
  },
  delivered: heard,
});
