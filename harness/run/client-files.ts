/** The certificate and key of a client that is to log in with them, as files for it to read. */
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Issued } from '../../src/pki/credentials/row.ts';
import { unwritable } from './ca-file.ts';

export interface ClientFiles {
  certFile: string | null;
  keyFile: string | null;
  remove(): Promise<void>;
}

const NONE: ClientFiles = { certFile: null, keyFile: null, remove: async () => undefined };

/** @throws BadInput if they cannot be written. */
export async function writeClientFiles(directory: string, own: Issued | null): Promise<ClientFiles> {
  if (!own) return NONE;
  const name = join(directory, `client-${randomBytes(8).toString('hex')}`);
  const files = { certFile: `${name}.pem`, keyFile: `${name}.key` };
  await writeFile(files.certFile, own.chain).catch(unwritable(`The client's certificate ${files.certFile}`));
  await writeFile(files.keyFile, own.key, { mode: 0o600 }).catch(unwritable(`The client's key ${files.keyFile}`));
  return {
    ...files,
    remove: async () => void (await Promise.all(Object.values(files).map((file) => rm(file, { force: true })))),
  };
}
