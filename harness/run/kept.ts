/** What `--keep` leaves of a client that knows the password of a real account. */
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Mask } from '../report/mask.ts';

/** More is not looked through, and so not kept. Octets, files. */
const LONGEST = 2_097_152;
const MOST = 1_000;

/**
 * Copies a state directory, and the client's output beside it, with everything masked. What cannot be masked is left
 * out: what is no text, longer than 2 MiB, no regular file, or more than 1,000 files. Their names go to `left-out.txt`.
 * A folder that cannot be written to is given up in silence.
 */
export async function keepMasked(source: string, target: string, mask: Mask): Promise<void> {
  await copyMasked(source, target, mask).catch(() => undefined);
}

async function copyMasked(source: string, target: string, { spelled, text }: Mask): Promise<void> {
  const leftOut: string[] = [];
  const copy = async (from: string, to: string) => {
    const words = await wordsOf(from);
    if (words === null) return false;
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, text(words));
    return true;
  };
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const entries = await readdir(source, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => !entry.isDirectory());
  for (const [index, entry] of files.entries()) {
    const path = join(entry.parentPath, entry.name);
    const name = spelled(relative(source, path));
    if (index >= MOST || !entry.isFile() || !(await copy(path, join(target, name)))) leftOut.push(name);
  }
  for (const output of ['.stdout', '.stderr']) await copy(`${source}${output}`, `${target}${output}`);
  if (leftOut.length > 0)
    await writeFile(
      join(target, 'left-out.txt'),
      text(`Not kept, as a password could be hidden there:\n${leftOut.join('\n')}\n`),
    );
}

/** Null for what is no text, or cannot be read. */
async function wordsOf(path: string): Promise<string | null> {
  try {
    if ((await stat(path)).size > LONGEST) return null;
    const words = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
    return words.includes('\0') ? null : words;
  } catch {
    return null;
  }
}
