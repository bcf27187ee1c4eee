/** The schema of a script in a scenario file; zod is handed in by whoever reads files. */
import type { Zod } from './action.ts';
import { type ActionName, actions } from './actions/index.ts';
import { POINTS } from './points.ts';
import type { ScriptItem } from './script.ts';

export function scriptItemSchema(z: Zod) {
  const names = Object.keys(actions) as ActionName[];
  const shape = Object.fromEntries(names.map((name) => [name, actions[name].params(z).optional()]));
  return z
    .strictObject({
      on: z.enum(POINTS),
      in: z.enum(['clear', 'tls', 'authenticated']).optional(),
      connection: z
        .union([z.number().int().positive(), z.string().regex(/^[1-9]\d*\+?$/, 'a number, or N+')])
        .optional(),
      at: z.string().optional(),
      do: z.strictObject(shape).refine((value) => Object.keys(value).length > 0, 'name at least one action'),
    })
    .superRefine((item, context) => {
      for (const name of Object.keys(item.do) as ActionName[]) {
        const { points } = actions[name];
        if (points.includes(item.on as never)) continue;
        context.addIssue({
          code: 'custom',
          path: ['do', name],
          message: `${name} cannot act on ${item.on}; it can on ${points.join(', ')}`,
        });
      }
    }) as unknown as import('zod').ZodType<ScriptItem>;
}
