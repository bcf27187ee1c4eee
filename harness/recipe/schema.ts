/** The schema of a recipe file. It takes zod: import it only where one is read. */
import * as z from 'zod';
import type { Recipe } from './recipe.ts';

const isPattern = (text: string) => {
  try {
    return Boolean(new RegExp(text, 'm'));
  } catch {
    return false;
  }
};
const pattern = z.string().min(1).refine(isPattern, 'it must be a regular expression');
const name = z.string().regex(/^[a-z]+(?:-[a-z]+)*$/, 'lower case letters');
const path = z
  .string()
  .refine((text) => /^[^/]/.test(text) && !text.split('/').includes('..'), 'a path below HOME, without ".."');
const mode = z.string().regex(/^[0-7]{3}$/, 'an octal mode in quotes, such as "600"');
const value = z.union([z.string(), z.strictObject({ starttls: z.string(), direct: z.string() })]);
const file = z.union([
  z.string(),
  z.strictObject({ text: z.string(), mode: mode.optional(), sqlite: z.boolean().optional() }),
]);

const fields = {
  version: z.array(z.string()).min(1).optional(),
  needs: z.array(z.string()).optional(),
  files: z.record(path, file).optional(),
  values: z.record(name, value).optional(),
  command: z.array(z.union([z.string(), z.array(z.string()).min(1)])).min(1),
  environment: z.record(z.string(), z.string()).optional(),
  terminal: z.boolean().optional(),
  display: z.boolean().optional(),
  unprivileged: z.boolean().optional(),
  confined: z.boolean().optional(),
  via: z.literal('dns').optional(),
  timeout: z.number().min(1).max(600).optional(),
  input: z.string().optional(),
  type: z.array(z.strictObject({ when: pattern, keys: z.string().min(1) })).optional(),
  online: pattern.optional(),
  refused: pattern.optional(),
  quit: z.string().min(1).optional(),
  transports: z
    .array(z.enum(['starttls', 'direct']))
    .min(1)
    .optional(),
  sessions: z
    .array(z.enum(['once', 'stay']))
    .min(1)
    .optional(),
};
const part = z.strictObject(fields).partial();

export const recipeSchema = z.strictObject({ ...fields, variants: z.record(name, part).optional() });

type Fields = z.infer<typeof part>;

/** `over` wins; of files and of values each by its name. */
export function complete(written: Fields & { command: Recipe['command'] }, over: Fields = {}): Recipe {
  const merged = {
    ...written,
    ...over,
    command: over.command ?? written.command,
    files: { ...written.files, ...over.files },
    values: { ...written.values, ...over.values },
    environment: { ...written.environment, ...over.environment },
  };
  const { files, version, needs, terminal, display, unprivileged, confined } = merged;
  return {
    version: version ?? null,
    needs: needs ?? [],
    files: Object.fromEntries(
      Object.entries(files).map(([at, one]) => {
        const { text, mode = '600', sqlite = false } = typeof one === 'string' ? { text: one } : one;
        return [at, { text, mode, sqlite }];
      }),
    ),
    values: merged.values,
    command: merged.command,
    environment: merged.environment,
    terminal: terminal ?? false,
    display: display ?? false,
    unprivileged: unprivileged ?? false,
    confined: confined ?? false,
    via: merged.via ?? null,
    timeout: merged.timeout ?? null,
    input: merged.input ?? null,
    type: merged.type ?? [],
    online: merged.online ?? null,
    refused: merged.refused ?? null,
    quit: merged.quit ?? null,
    transports: merged.transports ?? ['starttls', 'direct'],
    sessions: merged.sessions ?? ['once', 'stay'],
  };
}
