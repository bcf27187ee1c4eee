import { defineAction } from '../action.ts';
import { consumed } from '../delivery.ts';
import { headerOf } from '../moment.ts';

/** Sets attributes of a stream header, namespace declarations included; null leaves one out. */
export const set = defineAction<Record<string, string | null>>({
  points: ['header'],
  params: (z) => z.record(z.string(), z.union([z.string(), z.null()])),
  apply(moment, attributes) {
    const header = headerOf(moment);
    if (!header) return false;
    for (const [name, value] of Object.entries(attributes))
      header.attributes[name] = value === null ? null : moment.fill(value);
    return true;
  },
  delivered: consumed,
});
