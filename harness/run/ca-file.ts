/** What a run writes for its clients to read; where it cannot, a sentence says so. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BadInput } from '../scenario/problem.ts';
import type { Given } from '../scenario/scenario.ts';
import type { World } from './world.ts';

/** @throws BadInput if it cannot be written. */
export async function writeCaFile(file: string, pems: readonly string[]): Promise<void> {
  await writeFile(file, pems.map((pem) => `${pem.trim()}\n`).join('')).catch(unwritable(`The CA file ${file}`));
}

/**
 * A file of its own for a scenario that brings CAs along. Mallory's own CA stays trusted, so that a scenario and its control
 * differ in the credential only.
 */
export async function trustAlso({ authority, directory }: World, { trusted }: Given): Promise<string> {
  const file = join(directory, `ca-${randomBytes(8).toString('hex')}.pem`);
  await writeCaFile(file, [...trusted, authority.caPem]);
  return file;
}

/** For `catch`. */
export function unwritable(what: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    throw new BadInput(
      `${what} cannot be written: ${reasonOf(error)}. Name another folder for temporary files with TMPDIR.`,
    );
  };
}

export const reasonOf = ({ code, message }: NodeJS.ErrnoException): string => REASONS[code ?? ''] ?? message;

const REASONS: Record<string, string> = {
  EACCES: 'permission denied',
  ENOENT: 'there is no such folder',
  ENOTDIR: 'there is no such folder',
  ENOSPC: 'no space is left',
  EROFS: 'it is read-only there',
  EDQUOT: 'the quota is used up',
};
