/** Reads an x509-limbo suite (C2SP/x509-limbo, `limbo-schema.json`, version 1). It takes zod: import it only where one is read. */
import { readFile, stat } from 'node:fs/promises';
import * as z from 'zod';
import { BadInput, shown } from '../scenario/problem.ts';

const name = z.object({ kind: z.string(), value: z.string() });

/** What is used here of a case; newer suites may say more. */
const testcase = z.object({
  id: z.string().regex(/^([A-Za-z][\w.-]+::)*[A-Za-z][\w.-]+$/, 'words, parted by ::'),
  description: z.string().default(''),
  features: z.array(z.string()).nullish(),
  importance: z.string().nullish(),
  validation_kind: z.enum(['SERVER', 'CLIENT']),
  trusted_certs: z.array(z.string()),
  untrusted_intermediates: z.array(z.string()),
  peer_certificate: z.string(),
  peer_certificate_key: z.string().nullish(),
  validation_time: z
    .string()
    .refine((text) => !Number.isNaN(Date.parse(text)), 'a date and time')
    .nullish(),
  signature_algorithms: z.array(z.string()).nullish(),
  key_usage: z.array(z.string()).nullish(),
  extended_key_usage: z.array(z.string()).nullish(),
  expected_result: z.enum(['SUCCESS', 'FAILURE']),
  expected_peer_name: name.nullish(),
  max_chain_depth: z.number().nullish(),
  crls: z.array(z.string()).nullish(),
});

export type LimboCase = z.infer<typeof testcase>;

/** MiB. The suite itself has up to 40; all of it is in memory at once. */
const LARGEST = 128;
/** So many mistakes are told. */
const TOLD = 10;

/** @throws BadInput with a sentence for what is wrong with the file. */
export async function readLimbo(path: string): Promise<LimboCase[]> {
  const file = shown(path);
  const { version, testcases } = parse(file, await textOf(path, file));
  if (version === undefined || !Array.isArray(testcases))
    throw new BadInput(`${file} is no x509-limbo suite: "version" and "testcases" have to stand in it.`);
  if (version !== 1)
    throw new BadInput(`${file} is an x509-limbo suite of schema version ${JSON.stringify(version)}; only 1 is known.`);
  const cases: LimboCase[] = [];
  const problems: string[] = [];
  const ids = new Set<string>();
  for (const [index, one] of testcases.entries()) {
    const { data, error } = testcase.safeParse(one);
    const where = `${file}: testcases[${index}]`;
    if (error) problems.push(`${where}: ${inWords(error)}.`);
    else if (ids.has(data.id)) problems.push(`${where}: the id ${data.id} is there already.`);
    else cases.push(data);
    if (data) ids.add(data.id);
  }
  if (problems.length > TOLD) problems.splice(TOLD, problems.length, `${file}: and so on.`);
  if (problems.length > 0) throw new BadInput(problems);
  return cases;
}

async function textOf(path: string, file: string): Promise<string> {
  const cannotRead = ({ code, message }: NodeJS.ErrnoException) => {
    throw new BadInput(`${file} cannot be read: ${REASONS[code ?? ''] ?? message}.`);
  };
  const { size } = await stat(path).catch(cannotRead);
  if (size > LARGEST * 1_048_576)
    throw new BadInput(
      `${file} has ${Math.round(size / 1_048_576)} MiB, and at most ${LARGEST} are read: take some of its cases out.`,
    );
  return readFile(path, 'utf8').catch(cannotRead);
}

function parse(file: string, text: string): { version?: unknown; testcases?: unknown } {
  try {
    return Object(JSON.parse(text));
  } catch (error) {
    const cut = text.trimEnd().endsWith('}') ? '' : '; it seems to be cut off';
    throw new BadInput(
      `${file} is no JSON${cut}: ${(error as Error).message.replace(/,? *\.{3}.*is not valid JSON/s, '')}.`,
    );
  }
}

function inWords({ issues: [issue] }: z.ZodError): string {
  const at = issue?.path.join('.') ?? '';
  return at ? `"${at}" is not as schema version 1 wants it (${issue?.message})` : `it is no case (${issue?.message})`;
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
};
