/** `xmpp-mallory serve` with the few scenarios of these tests: to read all of them from source takes seconds. */
import { join } from 'node:path';
import { EMPTY_CATALOGUE } from '../../harness/scenario/assemble.ts';
import { BUNDLED_FOLDER, REQUIREMENTS } from '../../harness/scenario/bundled.ts';
import { readFiles } from '../../harness/scenario/read.ts';
import { serve } from '../../harness/serve/serve.ts';

const FILES = ['control/login', 'control/stay', 'stripping/starttls-removed'].concat(
  ['wrong-name', 'expired', 'self-signed'].map((name) => `certificate/${name}`),
);
const files = [REQUIREMENTS, ...FILES.map((file) => `${file}.yaml`)].map((file) => join(BUNDLED_FOLDER, file));
const { catalogue } = await readFiles(files, { base: EMPTY_CATALOGUE, bundled: true });
await serve(process.stdin, process.stdout, { catalogue, label: 'test', note: console.error });
