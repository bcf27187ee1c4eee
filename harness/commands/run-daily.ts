/** What `run` does with somebody at a terminal: `--interactive` and `--watch`. */
import type { Catalogue } from '../scenario/catalogue.ts';
import { loadScenarios } from '../scenario/load.ts';
import { BadInput } from '../scenario/problem.ts';
import { selectScenarios } from '../scenario/select.ts';
import type { Choice } from '../terminal/picker.ts';
import type { Once } from '../watch/watch.ts';
import type { Options } from './run.ts';
import { tell } from './terminal.ts';

/** Whether there is somebody to press a key; says so where there is not. */
export function hasTerminal(option: string, instead: string): boolean {
  if (process.stdin.isTTY && process.stderr.isTTY) return true;
  tell(`${option} needs a terminal, and here is none: ${instead}.`);
  return false;
}

/** @returns patterns, or null where the person wants nothing. */
export async function chooseScenarios(patterns: string[], options: Options): Promise<string[] | null> {
  const [{ pick }, { paintFor }] = await Promise.all([import('../terminal/picker.ts'), import('../report/colour.ts')]);
  const catalogue = await loadScenarios({ dirs: options.scenarios, limbo: options.limbo });
  const choices = choicesOf(catalogue, patterns, options);
  return pick(choices, { keyboard: process.stdin, screen: process.stderr, paint: paintFor(process.stderr) });
}

/** The families, with how many are in each, and all scenarios for whoever types what is in their id or title. */
export function choicesOf(
  catalogue: Catalogue,
  patterns: string[],
  { tls, s2s }: Pick<Options, 'tls' | 's2s'>,
): Choice[] {
  const selected = selectScenarios(catalogue, patterns, {
    transport: tls,
    namespace: s2s ? 'jabber:server' : 'jabber:client',
  });
  const scenarios = [...new Set(selected.map(({ scenario }) => scenario))];
  const families = new Map<string, number>();
  for (const { id } of scenarios) {
    const family = `${id.split('/', 1)}/*`;
    families.set(family, (families.get(family) ?? 0) + 1);
  }
  return [
    ...[...families].map(([value, count]) => ({ value, text: `${count}` })),
    ...scenarios.map(({ id, title }) => ({ value: id, text: title, hidden: true })),
  ];
}

/** Runs until the person has enough of it. @returns the exit status. */
export async function watchDriver(
  patterns: string[],
  options: Options & { watchDir: string; files: string[] },
  once: (patterns: string[]) => Promise<Once>,
): Promise<number> {
  const { watchRuns } = await import('../watch/watch.ts');
  const { watchDir, files, keep, pcap, strict = false } = options;
  return watchRuns({
    patterns,
    folder: watchDir,
    ignored: [...files, ...[keep, pcap].filter((path) => path !== undefined)],
    strict,
    keyboard: process.stdin,
    tell,
    async once(wanted) {
      try {
        return await once(wanted);
      } catch (error) {
        // A file that is being written, of scenarios or of the baseline: the next change may mend it.
        if (!(error instanceof BadInput)) throw error;
        for (const sentence of error.sentences) tell(sentence);
        return { report: null, status: 2 };
      }
    },
  });
}
