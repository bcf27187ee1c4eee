/** What is seen while a run goes on: one moving line on a terminal, a plain line for each result elsewhere. */
import type { Result, Verdict } from '../result.ts';
import type { Progress } from '../run/options.ts';
import { type Paint, paintFor } from './colour.ts';
import { shortened, visible } from './escape.ts';

export interface Live {
  onProgress(progress: Progress): void;
  /** Of one client beside others, whose name stands in front. `intro` is shown when it begins. */
  of(name: string, intro: string): (progress: Progress) => void;
  /** Takes the moving line away; nothing is written afterwards. */
  stop(): void;
}

export interface LiveOptions {
  /** Also tells what is started. Default: false. */
  verbose?: boolean | undefined;
}

/** Writes to standard error mostly: standard output is for results. */
export function liveProgress(stream: NodeJS.WriteStream, { verbose = false }: LiveOptions = {}): Live {
  const paint = paintFor(stream);
  const running = new Set<string>();
  const count: Partial<Record<Verdict, number>> = {};
  let [done, selected, stopped] = [0, 0, false];

  const clear = () => stream.isTTY && stream.write('\r\x1b[2K');
  const line = (text: string) => {
    clear();
    stream.write(`${text}\n`);
  };
  const draw = () => {
    if (!stream.isTTY) return;
    const tally = Object.entries(count).map(([verdict, number]) => `${number} ${verdict}`);
    const text = [`${done} of ${selected}`, ...tally, ...[...running].slice(0, 1)].join(' · ');
    clear();
    // A line that wraps could not be taken away. Some terminals say that they have 0 columns.
    const width = (stream.columns || 80) - 1;
    stream.write(paint('dim', Array.from(text).slice(0, width).join('')));
  };

  const tell = (progress: Progress, name = '') => {
    if (stopped) return;
    const keyOf = (key: string) => `${name}${key}`;
    if (progress.type === 'planned') selected += progress.selected;
    else if (progress.type === 'note') line(`${paint('yellow', 'Note:')} ${name}${visible(progress.text)}`);
    else if (progress.type === 'started') {
      running.add(keyOf(progress.key));
      if (verbose) line(paint('dim', `start ${progress.role} ${keyOf(visible(progress.key))}`));
    } else {
      const { result } = progress;
      done += 1;
      running.delete(keyOf(result.key));
      count[result.verdict] = (count[result.verdict] ?? 0) + 1;
      if (verbose || !stream.isTTY || isNews(result)) line(resultLine(result, name, paint));
    }
    draw();
  };

  return {
    onProgress: (progress) => tell(progress),
    of: (name, intro) => (progress) => {
      if (progress.type === 'planned' && !stopped) line(visible(intro));
      tell(progress, `${visible(name)} `);
    },
    stop() {
      if (!stopped) clear();
      stopped = true;
    },
  };
}

/** On a terminal only what somebody may want to act on while the rest goes on. */
const isNews = ({ verdict, baseline }: Result) =>
  (verdict === 'fail' || verdict === 'error') && baseline?.state !== 'met';

function resultLine({ verdict, key, findings, reason, baseline }: Result, name: string, paint: Paint): string {
  const style = {
    pass: 'green',
    warn: 'yellow',
    fail: 'red',
    skip: 'dim',
    inconclusive: 'yellow',
    error: 'red',
  } as const;
  const known = baseline?.state === 'met' ? 'known' : undefined;
  const why = known ?? (findings.map(({ code }) => code).join(', ') || reason || '');
  const word = paint(style[verdict], verdict.padEnd(verdict === 'inconclusive' ? 0 : 4));
  return `${word} ${name}${key}${why === '' ? '' : paint('dim', `  ${shortened(visible(why), 120)}`)}`;
}
