import test from 'ava';
import { CONNECTIONS } from '../../../harness/judge/connections.ts';
import { viewOf } from '../../../harness/judge/view.ts';
import type { Happening } from '../../../src/transcript.ts';
import { end, login, on, type Step, transcript } from './transcripts.ts';

/** Connections that lead to nothing, each so many milliseconds after the end of the one before. */
const failures = (first: number, ...delays: number[]): Step[] =>
  delays.flatMap((after, index) => {
    const { connected, hello, closed } = on(first + index);
    return [{ after, happening: connected() }, hello(), closed()];
  });

/** Connections to endpoints, one after the other. */
const hops = (...endpoints: string[]): Step[] =>
  endpoints.flatMap((endpoint, index) => [on(index + 1).connected(endpoint), on(index + 1).closed()]);

const asking = (connection: number, to: string): Happening[] => [on(connection).header('clear', 'client', { to })];

const storm = ['reconnected-without-back-off'];
const rows: [string, Step[], string[]][] = [
  ['seven failures, a second between them', failures(1, 1, 1_000, 1_000, 1_000, 1_100, 900, 1_000), storm],
  ['the same behind a login', [...login(1), ...failures(2, 1_000, 1_000, 1_000, 1_000, 1_100, 900, 1_000)], storm],
  ['seven failures at once', failures(1, 1, 2, 9, 3, 20, 60, 8), storm],
  ['twice as long each time', failures(1, 1, 100, 200, 400, 800, 1_600, 3_200), []],
  ['twice as long each time, at random', failures(1, 1, 70, 30, 310, 90, 1_250, 640), []],
  ['a second longer each time', failures(1, 1, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000), []],
  ['six failures', failures(1, 1, 1_000, 1_000, 1_000, 1_000, 1_000), []],
  ['a login between', [...failures(1, 1, 9, 9, 9), ...login(5), ...failures(6, 9, 9, 9, 9)], []],
  ['five redirects', hops('main', 'a', 'b', 'a', 'b', 'a', 'main', 'a'), []],
  ['six redirects', hops('main', 'a', 'b', 'a', 'b', 'a', 'b'), ['followed-too-many-redirects']],
  [
    'the same domain elsewhere',
    [on(1).connected(), ...asking(1, 'a.test'), on(2).connected('elsewhere'), ...asking(2, 'a.test')],
    [],
  ],
  [
    'another domain elsewhere',
    [on(1).connected(), ...asking(1, 'a.test'), on(2).connected('elsewhere'), ...asking(2, 'b.test')],
    ['asked-for-other-domain'],
  ],
];

for (const [title, steps, want] of rows) {
  test(`it connects more than once: ${title}`, (t) => {
    const view = viewOf(transcript(steps, [end]));
    const found = Object.entries(CONNECTIONS).flatMap(([code, rule]) => (rule.find(view).length > 0 ? [code] : []));
    t.deepEqual(found, want);
  });
}
