/** Runs again and again: what failed, whenever a file changes, and everything once nothing of it fails any more. */
import { isProblem } from '../report/reporter.ts';
import type { Report } from '../result.ts';
import { type Key, type Keyboard, readKeys } from '../terminal/keys.ts';
import { watchChanges } from './changes.ts';

export interface WatchOptions {
  /** What to run in whole. */
  patterns: string[];
  folder: string;
  /** Files and folders that runs write. */
  ignored: readonly string[];
  strict: boolean;
  keyboard: Keyboard;
  tell(text: string): void;
  once(patterns: string[]): Promise<Once>;
}

export interface Once {
  /** Null where there was nothing to run it with, such as a scenario that is being written. */
  report: Report | null;
  status: number;
}

/** As for a process that Ctrl-C has ended. */
const INTERRUPTED = 130;

/** @returns the exit status of the last run, or 130. */
export async function watchRuns({ patterns, once, ...options }: WatchOptions): Promise<number> {
  let wanted = patterns;
  for (;;) {
    const { report, status } = await once(wanted);
    if (status === INTERRUPTED) return status;
    const failed = report === null ? wanted : failedKeys(report, options.strict);
    if (failed.length === 0 && wanted !== patterns) {
      options.tell('Nothing of that fails any more: all again.');
      wanted = patterns;
      continue;
    }
    const next = await waitFor(options, failed.length > 0);
    if (next === 'quit') return status;
    if (next === 'interrupted') return INTERRUPTED;
    wanted = next === 'all' || failed.length === 0 ? patterns : failed;
  }
}

/** What somebody who changes a file hopes to have mended. */
export function failedKeys({ results }: Report, strict: boolean): string[] {
  return results
    .filter((one) => isProblem(one) || (strict && one.verdict === 'warn' && one.baseline?.state !== 'met'))
    .map(({ key }) => key);
}

type Next = 'changed' | 'all' | 'quit' | 'interrupted';

async function waitFor(
  { folder, ignored, keyboard, tell }: Pick<WatchOptions, 'folder' | 'ignored' | 'keyboard' | 'tell'>,
  some: boolean,
): Promise<Next> {
  const changes = await watchChanges(folder, ignored);
  let restore: () => void = () => undefined;
  try {
    const pressed = new Promise<Next>((resolve) => {
      restore = readKeys(keyboard, (key) => {
        const next = meaningOf(key);
        if (next) resolve(next);
      });
    });
    tell(`Waiting for a change in ${folder}, to run ${some ? 'what failed' : 'all'} again. Enter: all now, q: end.`);
    return await Promise.race([
      pressed,
      changes.changed.then((path) => {
        tell(`${path} has changed.`);
        return 'changed' as const;
      }),
    ]);
  } finally {
    restore();
    changes.close();
  }
}

function meaningOf({ name, ctrl }: Key): Next | null {
  if (ctrl) return name === 'c' ? 'interrupted' : name === 'd' ? 'quit' : null;
  if (name === 'return' || name === 'enter') return 'all';
  return name === 'q' ? 'quit' : null;
}
