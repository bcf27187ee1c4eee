import { defineAction } from '../action.ts';
import { consumed } from '../delivery.ts';
import type { Split } from '../moment.ts';
import { STREAM_POINTS } from '../points.ts';

/** Writes the same bytes in pieces, each in a TCP segment of its own. */
export const split = defineAction<Split>({
  points: STREAM_POINTS.filter((point) => point !== 'connect' && point !== 'online' && point !== 'tls-handshake'),
  params: (z) => z.union([z.enum(['each-byte', 'seeded']), z.array(z.number().int().positive()).min(1).max(1_000)]),
  apply(moment, how) {
    moment.split = how;
    return true;
  },
  delivered: consumed,
});
