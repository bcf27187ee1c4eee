/** What a client makes of many connections: how far it follows redirects, and how soon it comes back after a failure. */
import { pick, sessions, type View } from './view.ts';

/** RFC 6120, section 4.9.3.19: "at least 2 but no more than 5". */
const MOST_REDIRECTS = 5;

/** So many connections in a row without a session show how they are spaced; a redirect may have led here five times. */
const ENOUGH_FAILURES = MOST_REDIRECTS + 2;

/** Milliseconds: below this a delay is as good as none, and what it grows by is noise. */
const AT_ONCE = 250;

export const CONNECTIONS = {
  'followed-too-many-redirects': {
    says: () => `It followed more than ${MOST_REDIRECTS} redirects in a row.`,
    find: tooManyRedirects,
  },
  'asked-for-other-domain': {
    says: () => 'Where a redirect had led it, it asked for another domain.',
    find: otherDomain,
  },
  'online-elsewhere': {
    says: () => 'It followed a redirect and established a session there.',
    find: (view: View) =>
      sessions(view)
        .filter(({ connection }) => view.endpointOf(connection) !== 'main')
        .map(({ n }) => n),
  },
  'reconnected-without-back-off': {
    says: (_: View, evidence: readonly number[]) =>
      `It came back ${evidence.length - 1} times in a row after a failure, and waited no longer from one to the next.`,
    find: (view: View) =>
      failuresInARow(view)
        .find((run) => run.length >= ENOUGH_FAILURES && !grows(run))
        ?.map(({ n }) => n) ?? [],
  },
};

/** Only a redirect leads to another endpoint than the one that the client was told. */
function tooManyRedirects(view: View): number[] {
  let run: number[] = [];
  for (const { endpoint, n } of pick(view.observations, 'tcp', 'connected')) {
    run = endpoint === 'main' ? [] : [...run, n];
    if (run.length > MOST_REDIRECTS) return run;
  }
  return [];
}

function otherDomain(view: View): number[] {
  const opened = pick(view.observations, 'xmpp', 'stream-open').filter(({ from }) => from === 'client');
  const [first] = opened;
  return opened
    .filter(({ connection, attributes }) => {
      return view.endpointOf(connection) !== 'main' && attributes.to !== first?.attributes.to;
    })
    .map(({ n }) => n);
}

interface Try {
  n: number;
  /** Since the connection before was over on both sides, in milliseconds. */
  delay: number;
}

/** The connections that led to no session, each behind another such. */
function failuresInARow(view: View): Try[][] {
  const successful = new Set(sessions(view).map(({ connection }) => connection));
  const ends = new Map<number, number>();
  for (const { connection, t } of pick(view.observations, 'tcp', 'closed')) ends.set(connection, t);
  const runs: Try[][] = [[]];
  let before: number | null = null;
  for (const { connection, endpoint, n, t } of pick(view.observations, 'tcp', 'connected')) {
    if (successful.has(connection)) runs.push([]);
    // Elsewhere it is because it was sent there.
    else if (endpoint === 'main')
      runs.at(-1)?.push({ n, delay: before === null ? 0 : Math.max(0, t - (ends.get(before) ?? t)) });
    before = connection;
  }
  return runs;
}

/** Whether the longest delay of the later ones is twice that of the earlier ones; the first connection has none yet. */
function grows([_first, ...later]: Try[]): boolean {
  const delays = later.map(({ delay }) => delay);
  const half = Math.floor(delays.length / 2);
  return Math.max(...delays.slice(half)) >= 2 * Math.max(AT_ONCE, ...delays.slice(0, half));
}
