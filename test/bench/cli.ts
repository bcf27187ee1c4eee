/** The compiled command line, as it is shipped. */
import { fileURLToPath } from 'node:url';

export const CLI = fileURLToPath(new URL('../../dist/harness/cli.js', import.meta.url));
