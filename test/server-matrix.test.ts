/**
 * For servers, each attack proved twice, as `kill-matrix.test.ts` does it for clients: the correct server passes every
 * scenario, and one with exactly the fault that a scenario is meant for is caught by it.
 */
import test from 'ava';
import { type Report, type Result, runScenarios } from '../harness/index.ts';
import { createTurns } from '../harness/run/turns.ts';
import { loadScenarios } from '../harness/scenario/load.ts';
import { type Fault, faults, serverFaults } from './reference-client/faults.ts';
import { type ReferenceServerOptions, referenceServer } from './reference-server/server.ts';

const catalogue = await loadScenarios();
const forServers = catalogue.scenarios.filter(({ namespaces }) => namespaces.includes('jabber:server'));
/** What is for clients, too, is proved there for each of its faults; here for those that servers have as often. */
const SHARED: Fault[] = ['trusts-any', 'skips-name', 'skips-dates', 'name-srv-any-service', 'tls-1.0', 'anonymous'];
const named = new Set(forServers.flatMap(({ caughtBy }) => caughtBy as Fault[]));
const isOwn = (fault: string) =>
  forServers.some(({ namespaces, caughtBy }) => namespaces.length === 1 && caughtBy.includes(fault));
const wanted = [...named].filter((fault) => isOwn(fault) || SHARED.includes(fault));

/** Milliseconds: on a busy machine a session that is cut into single bytes takes some seconds. */
const LIMIT = 20_000;
const inTurn = createTurns(3);

function runFor(patterns: string[], options: ReferenceServerOptions): Promise<Report> {
  const client = referenceServer(options);
  return inTurn(() => runScenarios({ client, catalogue, patterns, jobs: 4, timeoutMs: LIMIT, transcripts: 'all' }));
}

const show = ({ key, verdict, outcome, reason, findings }: Result) =>
  `${key}: ${verdict}, ${outcome}${reason ? `, ${reason}` : ''} ${findings.map(({ code }) => code).join(' ')}`;

const isClean = ({ verdict, findings }: Result) => verdict === 'pass' && findings.length === 0;
const isCaught = ({ verdict, findings }: Result) => verdict === 'fail' || verdict === 'warn' || findings.length > 0;

test('the correct server passes every scenario', async (t) => {
  const { results, server } = await runFor([], { patience: 1_000 });
  t.is(server?.policyName, 'authenticated');
  t.true(results.every(({ serverPolicy }) => serverPolicy === 'authenticated'));
  // A machine that is too busy for a verdict gets a second chance; a wrong verdict gets none.
  const tooSlow = results.filter(({ verdict }) => verdict === 'inconclusive');
  const again =
    tooSlow.length > 0
      ? (
          await runFor(
            tooSlow.map(({ id }) => id),
            { patience: 1_000 },
          )
        ).results
      : [];
  const bad = results.filter((result) => !isClean(result) && !tooSlow.includes(result));
  t.deepEqual([...bad, ...again.filter((result) => !isClean(result))].map(show), []);
});

for (const policy of ['strict', 'encrypted', 'opportunistic'] as const) {
  test(`the correct server breaks no must under the policy ${policy}`, async (t) => {
    const { results } = await runFor(['s2s-*/*', 'certificate/expired', 'certificate/wrong-name'], {
      policy,
      patience: 1_000,
    });
    const bad = results.filter(({ verdict }) => !['pass', 'warn', 'skip'].includes(verdict));
    t.deepEqual(bad.map(show), []);
    const warned = results.filter(({ verdict }) => verdict === 'warn').length;
    // A policy that asks for less is told so; one that asks for everything has nothing to be told.
    t.is(warned > 0, policy !== 'strict');
  });
}

for (const fault of wanted) {
  const says: Record<string, string> = { ...faults, ...serverFaults };
  test(`${fault}: ${says[fault]}`, async (t) => {
    const meant = forServers.filter(({ caughtBy }) => caughtBy.includes(fault));
    const { results } = await runFor(['control/login', ...meant.map(({ id }) => id)], { faults: [fault] });
    const logins = results.filter(({ id }) => id === 'control/login');
    t.deepEqual(logins.filter(({ verdict }) => verdict !== 'pass').map(show), [], 'it fails its base control');
    for (const { id } of meant) {
      const own = results.filter((result) => result.id === id);
      t.true(own.some(isCaught), own.map(show).join('; '));
    }
  });
}

test('whoever follows no POSH document to another one is not said to withstand one that leads astray', async (t) => {
  const astray = ['delegation-to-http', 'delegation-loop', 'stale-delegation'];
  const { results } = await runFor(
    astray.map((name) => `s2s-posh/*${name}`),
    { faults: ['posh-no-delegation'] },
  );
  t.is(results.length, 2 * astray.length, 'by STARTTLS and by direct TLS');
  for (const result of results) {
    t.is(result.verdict, 'skip', show(result));
    t.regex(result.reason ?? '', /does not follow a POSH document that points to another one/);
  }
});

test('every fault of servers is named by a scenario for servers', (t) => {
  const unnamed = Object.keys(serverFaults).filter((fault) => !isOwn(fault));
  t.deepEqual(unnamed, []);
});
