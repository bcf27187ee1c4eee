/** What a program shows, and where one types: a terminal with a screen, or its standard input and output. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import type { Terminal } from '@xterm/headless';
import { shellWord } from '../report/rerun.ts';

export interface Surface {
  child: ChildProcess;
  /** What can be read of it now: the screen with what scrolled away, and the last of standard output and error. */
  text(): string;
  type(keys: string): void;
  /** Settles when its last output has been read. */
  drained: Promise<unknown>;
}

interface Options {
  env: NodeJS.ProcessEnv;
  /** Called whenever there may be something new. */
  changed(): void;
}

const COLUMNS = 120;
const ROWS = 40;
/** Lines. */
const SCROLLED = 1_000;
/** Characters. */
const LARGEST = 65_536;

/** What `script` says when it is told to end. */
const ITS_OWN = /\s*Session terminated, killing shell\.\.\.( \.\.\.killed\.)?\s*/g;

/**
 * `script` of util-linux holds the terminal, so that nothing has to be compiled; if it dies, the terminal hangs up. Standard
 * error does not go there: messages of libraries would spoil the screen.
 */
export function openTerminal(words: string[], { env, changed }: Options): Surface {
  // Neither Node nor every loader finds the exports of this bundle by `import`.
  const xterm: typeof import('@xterm/headless') = createRequire(import.meta.url)('@xterm/headless');
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, scrollback: SCROLLED, allowProposedApi: true });
  const inside = `stty columns ${COLUMNS} rows ${ROWS}; exec ${words.map(shellWord).join(' ')} 2>&3 3>&-`;
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', inside, '/dev/null'], {
    env: { ...env, SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  const type = typist(child);
  // Programs ask what kind of terminal it is, and where the cursor stands.
  terminal.onData(type);
  child.stdout?.on('data', (chunk: Buffer) => terminal.write(chunk, changed));
  const closed = new Promise<void>((resolve) => child.stdout?.once('close', () => terminal.write('', resolve)));
  const errors = gather([child.stdio[3] as Readable, child.stdio[2] as Readable], changed);
  return {
    child,
    type,
    drained: Promise.all([closed, errors.drained]),
    text: () => `${screenText(terminal)}\n${errors.text().replace(ITS_OWN, '')}`.trim(),
  };
}

/** `input`: all that it reads from standard input, or null: it is typed. */
export function openPipes(words: string[], input: string | null, { env, changed }: Options): Surface {
  const [program = '', ...rest] = words;
  const child = spawn(program, rest, { env, stdio: 'pipe' });
  const type = typist(child);
  if (input !== null) child.stdin.end(input);
  return { child, type, ...gather([child.stdout, child.stderr], changed) };
}

function typist({ stdin }: ChildProcess): (keys: string) => void {
  // Who has ended reads nothing.
  stdin?.on('error', () => undefined);
  return (keys) => void stdin?.write(keys);
}

function gather(streams: Readable[], changed: () => void): Pick<Surface, 'text' | 'drained'> {
  let text = '';
  for (const stream of streams)
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-LARGEST);
      changed();
    });
  const closed = streams.map((stream) => new Promise((resolve) => stream.once('close', resolve)));
  return { text: () => text, drained: Promise.all(closed) };
}

/** Lines that were wrapped are one line again. */
function screenText({ buffer: { active } }: Terminal): string {
  let text = '';
  for (let n = 0; n < active.length; n += 1) {
    const line = active.getLine(n);
    if (line) text += `${n === 0 || line.isWrapped ? '' : '\n'}${line.translateToString(true)}`;
  }
  return text;
}
