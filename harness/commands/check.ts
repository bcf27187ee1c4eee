/** `check`: validates scenario files without running anything. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { EMPTY_CATALOGUE } from '../scenario/assemble.ts';
import { BUNDLED_FOLDER, REQUIREMENTS } from '../scenario/bundled.ts';
import { loadScenarios } from '../scenario/load.ts';
import { describeProblem, type Problem, shown } from '../scenario/problem.ts';
import { print, tell } from './terminal.ts';

export function checkCommand(): Command {
  return new Command('check')
    .description('validate scenario files, and say what is wrong with each and where')
    .argument('<files...>', 'files, or folders of them; a requirements.yaml beside or above a file is read, too')
    .addHelpText('after', '\nExit status: 0 all are right, 1 something is wrong in them, 2 they cannot be read.')
    .action(check);
}

async function check(words: string[]): Promise<void> {
  const { scenarioFilesIn } = await import('../scenario/read.ts');
  const named: string[] = [];
  for (const word of words) named.push(...((await isFolder(word)) ? await scenarioFilesIn(word) : [word]));
  const problems = await problemsIn([...new Set(named.map((file) => resolve(file)))]);
  for (const problem of problems) await print(describeProblem(problem));
  if (problems.length > 0) process.exitCode = 1;
  tell(problems.length > 0 ? `${problems.length} to mend.` : `All is right in ${named.length} files.`);
}

/** A file of our own is seen among its siblings, whose ids and requirements it shares; any other beside all of ours. */
async function problemsIn(files: string[]): Promise<Problem[]> {
  const { readFiles, scenarioFilesIn } = await import('../scenario/read.ts');
  const own = files.every((file) => file.startsWith(BUNDLED_FOLDER));
  const { problems } = own
    ? await readFiles(await scenarioFilesIn(BUNDLED_FOLDER), { base: EMPTY_CATALOGUE, bundled: true })
    : await readFiles([...new Set([...requirementsAbove(files), ...files])], { base: await loadScenarios() });
  const names = files.map(shown);
  return problems.filter(({ file }) => names.includes(file));
}

/** The nearest `requirements.yaml` beside or above each file. */
function requirementsAbove(files: string[]): string[] {
  return files.flatMap((file) => {
    const folders: string[] = [];
    for (let folder = dirname(file); !folders.includes(folder); folder = dirname(folder)) folders.push(folder);
    const found = folders.map((folder) => join(folder, REQUIREMENTS)).find((path) => existsSync(path));
    return found === undefined ? [] : [found];
  });
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() ?? false;
}
