import { defineAction } from '../action.ts';
import { consumed } from '../delivery.ts';
import { elementsOf } from '../moment.ts';
import { saslData, setSaslData } from '../sasl-data.ts';

export interface Scram {
  nonce?: 'foreign' | 'prefixed' | undefined;
  iterations?: number | undefined;
  extension?: true | undefined;
}

/**
 * Changes the first message of a SCRAM server (RFC 5802, section 7): a `nonce` that is `foreign` to the client's, or has
 * something in front of it (`prefixed`), another iteration count, or a mandatory `extension` that nobody knows.
 */
export const scram = defineAction<Scram>({
  points: ['challenge'],
  params: (z) =>
    z.strictObject({
      nonce: z.enum(['foreign', 'prefixed']).optional(),
      iterations: z.number().int().positive().optional(),
      extension: z.literal(true).optional(),
    }),
  apply(moment, change) {
    let changed = false;
    for (const element of elementsOf(moment)) {
      const message = saslData(element)?.toString() ?? '';
      if (!SERVER_FIRST.test(message)) continue;
      setSaslData(element, Buffer.from(changedMessage(message, change)));
      changed = true;
    }
    return changed;
  },
  delivered: consumed,
});

const SERVER_FIRST = /^r=[^,]+,s=[^,]*,i=\d+/;

function changedMessage(message: string, { nonce, iterations, extension }: Scram): string {
  const attributes = message.split(',').map((attribute) => {
    if (attribute.startsWith('r=') && nonce === 'foreign') return `r=${reversed(attribute.slice(2))}`;
    if (attribute.startsWith('r=') && nonce === 'prefixed') return `r=0${attribute.slice(2)}`;
    return attribute.startsWith('i=') && iterations !== undefined ? `i=${iterations}` : attribute;
  });
  return [...(extension ? ['m=unknown'] : []), ...attributes].join();
}

/** As long as it was and of the same signs, but never the same beginning. */
function reversed(nonce: string): string {
  return [...`${nonce}${nonce.startsWith('0') ? '1' : '0'}`].reverse().join('');
}
