import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { mustBeExecutable } from '../../../harness/client/executable.ts';

const root = mkdtempSync(join(tmpdir(), 'mallory-executable-'));
test.after.always(() => rmSync(root, { recursive: true }));
const file = join(root, 'file');
const program = join(root, 'bin', 'program');
mkdirSync(join(root, 'bin'));
mkdirSync(join(root, 'folders', 'program'), { recursive: true });
for (const name of [file, program]) writeFileSync(name, '');
chmodSync(program, 0o755);

const [bin, folders, below] = [join(root, 'bin'), join(root, 'folders'), join(file, 'below')];

const rows: [name: string, path: string[], code: string | null][] = [
  ['program', [bin], null],
  ['program', [below, '/nowhere', folders, bin], null],
  ['program', [folders], 'EACCES'],
  ['program', [below, '/nowhere'], 'ENOENT'],
  ['file', [root], 'EACCES'],
  [program, [], null],
  [file, [bin], 'EACCES'],
  [`${file}/below`, [bin], 'ENOENT'],
];

for (const [name, path, code] of rows) {
  test(`${name.replace(root, '')} in ${path.join(':').replaceAll(root, '')}: ${code ?? 'there'}`, (t) => {
    const look = () => mustBeExecutable(name, path.join(':'));
    if (code === null) t.notThrows(look);
    else t.like(t.throws(look), { code });
  });
}
