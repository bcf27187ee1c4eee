import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { artifactIn } from '../../../harness/report/artifact.ts';
import { report } from './fixtures.ts';

const root = await mkdtemp(join(tmpdir(), 'mallory-artifact-'));
for (const folder of ['test', 'node_modules/x']) await mkdir(join(root, folder), { recursive: true });
for (const file of ['test/driver.py', 'mallory.yaml', 'node_modules/x/driver.js'])
  await writeFile(join(root, file), '');

test.after.always(() => rm(root, { recursive: true }));

const table: [command: string[], baseline: string | undefined, wanted: string | null][] = [
  [['python3', 'test/driver.py', '{jid}'], undefined, 'test/driver.py'],
  [['python3', join(root, 'test', 'driver.py')], 'mallory.yaml', 'test/driver.py'],
  [['/bin/sh', '-c', 'true', 'test'], 'mallory.yaml', 'mallory.yaml'],
  [['/bin/sh', '../x'], undefined, null],
  [['node', 'node_modules/x/driver.js'], undefined, null],
  [[''], 'gone.yaml', null],
];
for (const [command, baseline, wanted] of table)
  test(`findings are shown at: ${command.join(' ').replace(root, 'ROOT')}, ${baseline}`, (t) => {
    const client = { label: 'x', version: null, command };
    t.is(artifactIn(root, baseline)(report([], { client })), wanted);
  });
