import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { commandClient, loadScenarios, runScenarios } from '../../../harness/index.ts';
import { watchChanges } from '../../../harness/watch/changes.ts';
import { failedKeys, type Once, watchRuns } from '../../../harness/watch/watch.ts';
import { report as reportOf, result as resultOf } from '../report/fixtures.ts';
import { KEYS, keyboard } from '../terminal/keyboard.ts';

async function folder(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'mallory-watch-'));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

type Change = (inside: string) => Promise<unknown>;
const seen: [what: string, change: Change, path: string][] = [
  ['a file that is written', (at) => writeFile(join(at, 'driver.py'), 'x'), 'driver.py'],
  ['a file in a folder below', (at) => writeFile(join(at, 'src/deep/a.c'), 'x'), 'src/deep/a.c'],
  ['a file that takes the place of another', (at) => rename(join(at, 'src/old'), join(at, 'src/new')), 'src/'],
  ['a folder that is new', (at) => mkdir(join(at, 'more')), 'more'],
];
const unseen: [what: string, change: Change][] = [
  ['node_modules', (at) => writeFile(join(at, 'node_modules/a.js'), 'x')],
  ['.git', (at) => writeFile(join(at, '.git/index'), 'x')],
  ['what a run writes', (at) => writeFile(join(at, 'report.json'), 'x')],
  ['the folder that a run writes to', (at) => writeFile(join(at, 'kept/a.stdout'), 'x')],
];

async function watched(t: ExecutionContext) {
  const at = await folder(t);
  for (const path of ['src/deep', 'node_modules', '.git', 'kept']) await mkdir(join(at, path), { recursive: true });
  await writeFile(join(at, 'src/old'), '');
  const changes = await watchChanges(at, [join(at, 'report.json'), join(at, 'kept')]);
  t.teardown(changes.close);
  return { at, changes };
}

for (const [what, change, path] of seen) {
  test(`changed: ${what}`, async (t) => {
    const { at, changes } = await watched(t);
    await change(at);
    t.true((await changes.changed).startsWith(join(at, path)));
  });
}
for (const [what, change] of unseen) {
  test(`no change: ${what}`, async (t) => {
    const { at, changes } = await watched(t);
    await change(at);
    await delay(150);
    await writeFile(join(at, 'driver.py'), 'x');
    t.is(await changes.changed, join(at, 'driver.py'));
  });
}

test('a folder that is not there', async (t) => {
  await t.throwsAsync(watchChanges('/nowhere', []), { message: /^\/nowhere cannot be watched: / });
});

/** Whoever is told to wait, does the next thing. */
function scripted(runs: Once[], deeds: ((at: string) => unknown)[]) {
  return async (t: ExecutionContext) => {
    const at = await folder(t);
    const { input, modes, press } = keyboard();
    const wanted: string[][] = [];
    const told: string[] = [];
    const status = await watchRuns({
      ...{ patterns: ['all/*'], folder: at, ignored: [], strict: false, keyboard: input },
      tell(text) {
        told.push(text);
        if (!text.startsWith('Waiting')) return;
        const deed = deeds.shift();
        if (deed === undefined) press('q');
        else if (deed.length > 0) void deed(at);
        else press(String(deed('')));
      },
      async once(patterns) {
        wanted.push(patterns);
        return runs.shift() ?? { report: null, status: 2 };
      },
    });
    return { status, wanted, told, modes };
  };
}

const once = (...verdicts: ('pass' | 'fail' | 'warn' | 'inconclusive')[]): Once => {
  const results = verdicts.map((verdict, index) => resultOf(`a/${verdict}-${index}`, verdict));
  return { report: reportOf(results), status: verdicts.includes('fail') ? 1 : 0 };
};
const change = (at: string) => writeFile(join(at, 'driver.py'), 'x');
const press = (key: string) => () => key;

test('what failed is run when a file changes, and all once nothing of it fails', async (t) => {
  const play = scripted(
    [once('pass', 'fail', 'inconclusive'), once('fail'), once('pass'), once('pass', 'pass')],
    [change, change],
  );
  const { status, wanted, modes } = await play(t);
  t.deepEqual(wanted, [
    ['all/*'],
    ['a/fail-1[starttls,ip]', 'a/inconclusive-2[starttls,ip]'],
    ['a/fail-0[starttls,ip]'],
    ['all/*'],
  ]);
  t.is(status, 0);
  t.deepEqual(modes, [true, false, true, false, true, false]);
});

test('where nothing failed a change runs all, and Enter always does', async (t) => {
  const { wanted } = await scripted([once('pass'), once('fail'), once('fail')], [change, press(KEYS.enter)])(t);
  t.deepEqual(wanted, [['all/*'], ['all/*'], ['all/*']]);
});

test('what cannot be run is tried again as it was', async (t) => {
  const broken: Once = { report: null, status: 2 };
  const { wanted } = await scripted([once('fail'), broken, once('fail')], [change, change])(t);
  t.deepEqual(wanted[2], wanted[1]);
});

test('q has the status of the last run, Ctrl-C 130', async (t) => {
  t.is((await scripted([once('fail')], [])(t)).status, 1);
  t.is((await scripted([once('fail')], [press(KEYS.ctrlC)])(t)).status, 130);
  t.is((await scripted([{ report: null, status: 130 }], [])(t)).status, 130);
});

test('a warning is a failure with --strict only, and what the baseline knows is none', (t) => {
  const report = once('warn', 'fail', 'pass').report ?? reportOf([]);
  t.deepEqual(failedKeys(report, false), ['a/fail-1[starttls,ip]']);
  t.deepEqual(failedKeys(report, true), ['a/warn-0[starttls,ip]', 'a/fail-1[starttls,ip]']);
  const known = { expected: 'fail', kind: 'bug', reason: 'r', link: null, state: 'met' } as const;
  t.deepEqual(failedKeys(reportOf([resultOf('a/b', 'fail', { baseline: known })]), true), []);
});

test('a driver that gets fixed', async (t) => {
  const at = await folder(t);
  const driver = join(at, 'driver.mjs');
  await writeFile(driver, 'process.exit(1);');
  const fixed = fileURLToPath(new URL('../../../harness/clients/xmppjs/driver.mjs', import.meta.url));
  const { input, press: type } = keyboard();
  const catalogue = await loadScenarios();
  const client = commandClient({ command: [process.execPath, driver], rerun: [] });
  const verdicts: string[] = [];
  const status = await watchRuns({
    ...{ patterns: ['control/login'], folder: at, ignored: [], strict: false, keyboard: input },
    tell(text) {
      if (!text.startsWith('Waiting')) return;
      if (verdicts.at(-1) === 'pass') type('q');
      else void writeFile(driver, `import ${JSON.stringify(fixed)};`);
    },
    async once(patterns) {
      const report = await runScenarios({ client, catalogue, patterns, transport: 'starttls', timeoutMs: 60_000 });
      verdicts.push(...report.results.map(({ verdict }) => verdict));
      return { report, status: report.exitStatus };
    },
  });
  t.deepEqual(verdicts, ['inconclusive', 'pass', 'pass']);
  t.is(status, 0);
});
