/** Drivers in JavaScript: the library is the one of the user's project, else the one that this package finds. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Driver, driverFile, found, missing } from './driver.ts';

export function nodeDriver(path: string, library: string): Driver {
  const file = driverFile(path);
  const absent = `${library} is found neither from ${process.cwd()} nor from xmpp-mallory`;
  return {
    file,
    async detect() {
      const entry = find(library);
      return entry ? found(await versionOf(entry)) : missing(absent);
    },
    async command() {
      const entry = find(library);
      if (!entry) throw new Error(absent);
      return [process.execPath, file, pathToFileURL(entry).href];
    },
  };
}

function find(library: string): string | undefined {
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      return createRequire(from).resolve(library);
    } catch {}
  }
  return undefined;
}

async function versionOf(entry: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(dirname(entry), 'package.json'), 'utf8'));
  return String(version);
}
