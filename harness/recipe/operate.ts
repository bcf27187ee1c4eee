/**
 * `node operate.js RECIPE.json`: a driver (docs/drivers.md) for whatever has a recipe. It puts the files into `HOME`, starts
 * the program, types what the recipe says, and ends whatever is left at the end. It waits for what the program shows, for
 * its end, or for SIGTERM; how long is the business of the harness.
 */
import { readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { endLeftovers, vanished } from '../client/leftovers.ts';
import { settlesWithin } from '../client/within.ts';
import { runTool } from '../clients/tool.ts';
import { type Display, openDisplay } from './display.ts';
import { fillCommand, fillFile, fillLines, valuesOf } from './fill.ts';
import type { Recipe } from './recipe.ts';
import { openPipes, openTerminal, type Surface } from './surface.ts';

const UNSUPPORTED = 77;
/** Milliseconds for a program that was asked to quit. */
const FAREWELL = 2_000;
/** Milliseconds between two looks whether the harness is still there. */
const LOOK = 1_000;

const recipe: Recipe = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const home = process.env.XMPP_STATE_DIR ?? '';
/** Not the state directory's own variable: this process has that one, too. */
const MARK = 'XMPP_MALLORY_OPERATED';
const mark = `${MARK}=${home}`;
const values = valuesOf(recipe, process.env);
const once = values.get('session') === 'once';

await main();

async function main(): Promise<void> {
  if (!recipe.transports.some((one) => one === values.get('tls')) || (!once && !recipe.sessions.includes('stay'))) {
    process.exitCode = UNSUPPORTED;
    return;
  }
  const stop = stopSignal();
  let display: Display | null = null;
  let ended: Ended = { status: 1, signal: null };
  try {
    await writeFiles();
    const env = environment();
    if (recipe.display) display = await openDisplay(env);
    ended = await operate({ ...env, ...(display ? { DISPLAY: display.name } : {}), [MARK]: home }, stop);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  } finally {
    await Promise.all([display?.close(), endLeftovers(mark)]);
  }
  // As the program ended, so that a crash is seen as one.
  if (ended.signal) process.kill(process.pid, ended.signal);
  process.exit(ended.status);
}

/** When the harness ends the client, or is gone itself. */
function stopSignal(): Promise<'stop'> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve('stop'));
    setInterval(() => process.ppid !== parent && resolve('stop'), LOOK).unref();
  });
}

async function writeFiles(): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  for (const [path, one] of Object.entries(recipe.files)) {
    const file = join(home, path);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const text = fillFile(path, one, values);
    if (one.sqlite) await makeDatabase(file, text);
    else await writeFile(file, text);
    await chmod(file, Number.parseInt(one.mode, 8));
  }
}

async function makeDatabase(file: string, sql: string): Promise<void> {
  // Its history and its settings are none of the client's business.
  const made = await runTool('sqlite3', ['-batch', '-bail', '-init', '/dev/null', file, sql]);
  if (!made.ok) throw new Error(`${file} could not be made: ${made.why}`);
}

/** Of one's own desktop and terminal nothing gets to the program. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(recipe.environment).map(([name, text]) => [name, fillLines(text, values)]);
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(LC_|XDG_|DBUS_|WAYLAND_|TMUX|STY$|DISPLAY$)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    HOME: home,
    TERM: recipe.terminal ? 'xterm-256color' : 'dumb',
    LANG: 'C.UTF-8',
    ...Object.fromEntries(own),
  };
}

interface Ended {
  status: number;
  /** Of a program that crashed. */
  signal: NodeJS.Signals | null;
}

async function operate(env: NodeJS.ProcessEnv, stop: Promise<'stop'>): Promise<Ended> {
  const patterns = { online: compiled(recipe.online), refused: compiled(recipe.refused) };
  let typing = recipe.type.map(({ when, keys }) => ({ when: compiled(when), keys: fillLines(keys, values) }));
  let said: 'online' | 'refused' | null = null;
  let leave: (why: 'leave') => void = () => undefined;
  const leaving = new Promise<'leave'>((resolve) => {
    leave = resolve;
  });
  const look = () => {
    const text = surface.text();
    const now = typing.filter(({ when }) => when?.test(text));
    typing = typing.filter((one) => !now.includes(one));
    for (const { keys } of now) surface.type(keys);
    if (said) return;
    if (patterns.online?.test(text)) said = 'online';
    else if (patterns.refused?.test(text)) said = 'refused';
    else return;
    process.stdout.write(`${JSON.stringify({ result: said })}\n`);
    if (once) leave('leave');
  };
  const surface = opened(env, look);
  const holder = recipe.terminal ? surface.child.pid : undefined;
  const exit = exitOf(surface);
  let over = false;
  // One that makes itself a daemon goes on behind the end of its first process.
  const alone = exit.then((ended) => vanished(mark, () => over).then(() => ended));
  const why = await Promise.race([alone, leaving, stop]);
  over = true;
  // What a person would have seen: a program that leaves may clear its screen.
  process.stderr.write(`${surface.text()}\n`);
  if (why === 'leave') {
    if (recipe.quit !== null) surface.type(fillLines(recipe.quit, values));
    else await endLeftovers(mark, holder);
    await Promise.race([settlesWithin(exit, FAREWELL), stop]);
  }
  await endLeftovers(mark, holder);
  if (why === 'stop') return { status: 0, signal: null };
  if (said !== null || why === 'leave') return { status: said === 'online' ? 0 : 1, signal: null };
  // A program that shows when it is online, and did not, was not. And it knows nothing of a driver's words: to many 77 is
  // EX_NOPERM of sysexits.h, as after a refused login.
  const failed = why.status === UNSUPPORTED || (why.status === 0 && recipe.online !== null);
  return { ...why, status: failed ? 1 : why.status };
}

function compiled(pattern: string | null): RegExp | null {
  return pattern === null ? null : new RegExp(pattern, 'm');
}

function opened(env: NodeJS.ProcessEnv, changed: () => void): Surface {
  const words = [...(recipe.unprivileged ? asNobodySpecial() : []), ...fillCommand(recipe.command, values)];
  if (recipe.terminal) return openTerminal(words, { env, changed });
  const input = recipe.input === null ? null : fillLines(recipe.input, values);
  return openPipes(words, input, { env, changed });
}

/** In a user namespace root can be somebody else and still own its files. */
function asNobodySpecial(): string[] {
  return process.getuid?.() === 0 ? ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--'] : [];
}

async function exitOf({ child, drained }: Surface): Promise<Ended> {
  const ended = await new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ status: code ?? 1, signal: signal ?? crash(code) }));
  });
  // What it left behind may hold its output open.
  await settlesWithin(drained, 100);
  return ended;
}

/** As a shell says it, and `script`. */
function crash(code: number | null): NodeJS.Signals | null {
  const names = ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP', 'SIGSYS'] as const;
  return names.find((name) => code === 128 + constants.signals[name]) ?? null;
}
