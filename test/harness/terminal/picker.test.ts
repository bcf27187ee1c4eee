import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { plain } from '../../../harness/report/colour.ts';
import { type Choice, createPicker, drawn, pick, picked, press, shown } from '../../../harness/terminal/picker.ts';
import { KEYS, keyboard } from './keyboard.ts';

const CHOICES: Choice[] = [
  { value: 'control/*', text: '2' },
  { value: 'stripping/*', text: '40' },
  { value: 'control/login', text: 'A good login', hidden: true },
  { value: 'stripping/no-tls', text: 'No TLS \x1b[31m', hidden: true },
];

const NAMED: Record<string, [text: string, name: string]> = {
  up: ['', 'up'],
  down: ['', 'down'],
  space: [' ', 'space'],
  enter: ['', 'return'],
  escape: ['', 'escape'],
  backspace: ['', 'backspace'],
  'c-c': ['', 'c'],
};

function pressed(keys: string[]) {
  return keys.reduce((picker, key) => {
    const [text, name] = NAMED[key] ?? [key, key];
    return press(picker, { name, text, ctrl: key === 'c-c' });
  }, createPicker(CHOICES));
}

const table: [keys: string[], picked: string[], ended: 'go' | 'cancelled' | null][] = [
  [[], ['control/*'], null],
  [['enter'], ['control/*'], 'go'],
  [['down', 'enter'], ['stripping/*'], 'go'],
  [['down', 'down', 'down', 'enter'], ['stripping/*'], 'go'],
  [['up', 'enter'], ['control/*'], 'go'],
  [['space', 'down', 'space', 'enter'], ['control/*', 'stripping/*'], 'go'],
  [['space', 'space', 'down', 'enter'], ['stripping/*'], 'go'],
  [['n', 'o', '-', 'enter'], ['stripping/no-tls'], 'go'],
  [['G', 'O', 'O', 'D', 'enter'], ['control/login'], 'go'],
  [['x', 'y', 'enter'], [], null],
  [['x', 'y', 'backspace', 'backspace', 'enter'], ['control/*'], 'go'],
  [['x', 'escape', 'enter'], ['control/*'], 'go'],
  [['escape'], ['control/*'], 'cancelled'],
  [['c-c'], ['control/*'], 'cancelled'],
  [['g', 'o', 'o', 'd', 'space', 'escape', 'enter'], ['control/login'], 'go'],
];
for (const [keys, wanted, ended] of table) {
  test(`picker: ${keys.join(' ') || 'nothing'}`, (t) => {
    const picker = pressed(keys);
    t.deepEqual(picked(picker), wanted);
    t.is(picker.ended, ended);
  });
}

test('scenarios are found by what is in them, and families are what is there first', (t) => {
  t.deepEqual(
    shown(createPicker(CHOICES)).map(({ value }) => value),
    ['control/*', 'stripping/*'],
  );
  t.deepEqual(
    shown(pressed([...'strip'])).map(({ value }) => value),
    ['stripping/*', 'stripping/no-tls'],
  );
});

for (const [columns, rows] of [
  [80, 24],
  [20, 6],
  [10, 3],
  [1, 1],
] as const) {
  test(`nothing wraps or scrolls on ${columns} columns and ${rows} rows, and the cursor is in sight`, (t) => {
    const many = Array.from({ length: 50 }, (_, index) => ({ value: `family-${index}/*`, text: '\x1b[2J' }));
    for (const cursor of [0, 25, 49]) {
      const lines = drawn({ ...createPicker(many), cursor }, columns, rows, plain);
      t.true(lines.every((line) => line.length < Math.max(columns, 1)));
      t.true(lines.length <= Math.max(rows, 3));
      t.false(lines.some((line) => line.includes('\x1b')));
      if (columns > 2) t.true(lines.some((line) => line.startsWith('>')));
    }
  });
}

test('pick: draws, takes keys, and gives the terminal back', async (t) => {
  const { input, modes, press: type } = keyboard();
  const written: string[] = [];
  const screen = { columns: 60, rows: 10, write: (text: string) => written.push(text) };
  const done = pick(CHOICES, { keyboard: input, screen, paint: plain });
  type(KEYS.down);
  type(KEYS.space);
  type(KEYS.enter);
  t.deepEqual(await done, ['stripping/*']);
  t.deepEqual(modes, [true, false]);
  t.regex(written.join(''), /> \[ \] control\/\* {4}2\n/);
  t.is(input.listenerCount('keypress'), 0);
});

test('pick: Ctrl-C wants nothing', async (t) => {
  const { input, modes, press: type } = keyboard();
  const done = pick(CHOICES, { keyboard: input, screen: { write: () => true }, paint: plain });
  type(KEYS.ctrlC);
  t.is(await done, null);
  t.deepEqual(modes, [true, false]);
});

const PROGRAM = fileURLToPath(new URL('./pick-program.ts', import.meta.url));
const hasScript = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;

for (const [how, keys, wanted] of [
  ['by Enter', '\x1b[B\r', 'chosen stripping/\\*'],
  ['by Ctrl-C', '\x03', 'chosen nothing'],
  ['by a signal', 'signal', ''],
  ['by an exception', '!', ''],
] as const) {
  (hasScript ? test : test.skip)(`a real terminal is given back when it ends ${how} (util-linux script)`, async (t) => {
    const cwd = await mkdtemp(join(tmpdir(), 'mallory-pty-'));
    t.teardown(() => rm(cwd, { recursive: true }));
    const node = `'${process.execPath}' --import='${import.meta.resolve('tsx')}' '${PROGRAM}'`;
    const child = spawn('script', ['-qec', `stty -a > before; ${node}; stty -a > after`, '/dev/null'], { cwd });
    let [output, sent] = ['', false];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const pid = /pid (\d+)/.exec(output)?.[1];
      if (sent || !pid || !output.includes('Enter: run')) return;
      sent = true;
      if (keys === 'signal') process.kill(Number(pid), 'SIGTERM');
      else child.stdin.write(keys);
    });
    await new Promise((resolve) => child.once('close', resolve));
    t.true(sent, output);
    t.regex(output, new RegExp(wanted));
    t.is(await readFile(join(cwd, 'after'), 'utf8'), await readFile(join(cwd, 'before'), 'utf8'));
  });
}
