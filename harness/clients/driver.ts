/** What each way of running a driver has in common. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Detection {
  installed: boolean;
  version: string | null;
  /** What is missing, in one line. */
  why?: string;
}

export interface Driver {
  /** The driver's source, for people to read and copy. */
  file: string;
  detect(): Promise<Detection>;
  /**
   * The command line that runs the driver. Compiles and looks for interpreters now, while `HOME` is still the user's:
   * a client under test gets an empty one. `cacheDir` is made where it is needed.
   *
   * @throws Error where the client is not installed; the message says what is missing.
   */
  command(cacheDir: string): Promise<string[]>;
}

/** Compiled modules are in `dist/harness/clients`; the drivers are not copied there and stay beside the sources. */
const folder = ['./', '../../../harness/clients/']
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(new URL('xmppjs/driver.mjs', url)));

export function driverFile(path: string): string {
  if (!folder) throw new Error('The folder harness/clients is missing from this installation of xmpp-mallory');
  return fileURLToPath(new URL(path, folder));
}

export const missing = (why: string): Detection => ({ installed: false, version: null, why });
export const found = (version: string): Detection => ({ installed: true, version });
