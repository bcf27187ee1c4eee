import { defineAction } from '../action.ts';
import { consumed } from '../delivery.ts';
import { type Point, STREAM_POINTS } from '../points.ts';

export interface Inject {
  xml?: string | undefined;
  /** Base64. */
  bytes?: string | undefined;
  segment?: 'same' | 'next' | undefined;
  'after-ms'?: number | undefined;
  before?: Point | undefined;
  after?: Point | undefined;
}

/**
 * Writes more than the correct peer would: XML, or bytes in base64, after what the point writes (the default) or before
 * it, or around a later point. `segment: same` (default) puts it into one TCP segment with its neighbour.
 */
export const inject = defineAction<Inject>({
  points: STREAM_POINTS,
  params: (z) =>
    z
      .strictObject({
        xml: z.string().optional(),
        bytes: z.base64().optional(),
        segment: z.enum(['same', 'next']).optional(),
        'after-ms': z.number().int().min(0).max(5_000).optional(),
        before: z.enum(STREAM_POINTS).optional(),
        after: z.enum(STREAM_POINTS).optional(),
      })
      .refine((params) => (params.xml === undefined) !== (params.bytes === undefined), 'give either xml or bytes')
      .refine((params) => params.before === undefined || params.after === undefined, 'give either before or after'),
  apply(moment, params) {
    const bytes =
      params.bytes === undefined ? Buffer.from(moment.fill(params.xml ?? '')) : Buffer.from(params.bytes, 'base64');
    const afterMs = params['after-ms'] ?? 0;
    const segment = params.segment ?? (afterMs > 0 ? 'next' : 'same');
    const output = { kind: 'raw', bytes, segment, afterMs } as const;
    const point = params.before ?? params.after ?? moment.point;
    if (point !== moment.point) moment.arm(params.before ? 'before' : 'after', point, output);
    else if (params.before) moment.outputs.unshift(output);
    else moment.outputs.push(output);
    return true;
  },
  delivered: consumed,
});
