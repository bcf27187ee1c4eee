/** Files of this folder that are no TypeScript: compiled modules are in `dist`, and these stay beside the sources. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export function shippedFile(name: 'gate.mjs' | 'room.sh'): string {
  const file = ['./', '../../../harness/confine/']
    .map((folder) => new URL(folder + name, import.meta.url))
    .find((url) => existsSync(url));
  if (!file) throw new Error(`The file harness/confine/${name} is missing from this installation of xmpp-mallory`);
  return fileURLToPath(file);
}
