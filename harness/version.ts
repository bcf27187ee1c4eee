/** The version of this package, as `package.json` says it: the compiled file lies one folder deeper. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { version } = require(import.meta.url.endsWith('.ts') ? '../package.json' : '../../package.json') as {
  version: string;
};

export const VERSION: string = version;
