import { defineAction } from '../action.ts';
import { consumed } from '../delivery.ts';
import { elementsOf } from '../moment.ts';
import { saslData, setSaslData } from '../sasl-data.ts';

/**
 * The server's own proof, which comes with success (`v=` of SCRAM, or the hash of a FAST token): one that is `wrong`, one
 * that is cut to its beginning (`short`), or none (`missing`).
 */
export const signature = defineAction<'wrong' | 'short' | 'missing'>({
  points: ['success'],
  params: (z) => z.enum(['wrong', 'short', 'missing']),
  apply(moment, how) {
    let changed = false;
    for (const element of elementsOf(moment)) {
      const data = saslData(element);
      if (data === null || data.length === 0) continue;
      setSaslData(element, how === 'missing' ? null : withProof(data, how === 'short' ? halved : inverted));
      changed = true;
    }
    return changed;
  },
  delivered: consumed,
});

const PREFIX = 'v=';

function withProof(data: Buffer, change: (proof: Buffer) => Buffer): Buffer {
  if (!data.toString('latin1').startsWith(PREFIX)) return change(data);
  const proof = Buffer.from(data.toString('latin1', PREFIX.length), 'base64');
  return Buffer.from(`${PREFIX}${change(proof).toString('base64')}`);
}

const halved = (proof: Buffer) => proof.subarray(0, Math.floor(proof.length / 2));
const inverted = (proof: Buffer) => Buffer.from(proof.map((octet) => octet ^ 0xff));
