import { recordsOf } from '../../tls/records/rewrite.ts';
import { defineAction, type Zod } from '../action.ts';
import { consumed } from '../delivery.ts';
import { STREAM_POINTS } from '../points.ts';

export interface RecordData {
  /** Content type: 20 change_cipher_spec, 21 alert, 22 handshake, 23 application_data, 24 heartbeat. */
  type: number;
  /** Hexadecimal; may be empty. */
  octets: string;
  /** Default: 0x0303. */
  version?: number | undefined;
  /** The octets so many times over in each record; default 1. */
  repeat?: number | undefined;
  /** So many records, each the same; default 1. */
  times?: number | undefined;
}

/** As the wire wants it. */
export const recordOctets = ({ type, octets, version = 0x0303, repeat = 1, times = 1 }: RecordData): Buffer =>
  recordsOf({ type, octets: Buffer.from(octets.repeat(repeat), 'hex'), version, times });

export const recordSchema = (z: Zod) => ({
  type: z.number().int().min(0).max(255),
  octets: z.string().regex(/^([0-9a-f]{2})*$/, 'hexadecimal digits, two for each octet'),
  version: z.number().int().min(0).max(0xffff).optional(),
  repeat: z.number().int().min(1).max(20_000).optional(),
  times: z.number().int().min(1).max(20_000).optional(),
});

/**
 * Writes TLS records of our own, without protection, after what the point writes: what an attacker on the path can put
 * into a connection whose keys he does not have. Inside TLS only.
 */
export const record = defineAction<RecordData>({
  points: STREAM_POINTS.filter((point) => !['connect', 'proceed', 'tls-handshake'].includes(point)),
  params: (z) => z.strictObject(recordSchema(z)),
  apply(moment, data) {
    if (moment.phase === 'clear') return false;
    moment.outputs.push({ kind: 'tls', step: { kind: 'records', octets: recordOctets(data) } });
    return true;
  },
  delivered: consumed,
});
