/**
 * Each attack proved twice: the correct client passes every scenario, and a client with exactly the fault that a
 * scenario is meant for is caught by it.
 */
import test from 'ava';
import { type Catalogue, type Result, runScenarios, type Scenario } from '../harness/index.ts';
import { createTurns } from '../harness/run/turns.ts';
import { matchesPattern } from '../harness/scenario/glob.ts';
import { loadScenarios } from '../harness/scenario/load.ts';
import { keyOf } from '../harness/scenario/select.ts';
import { referenceClient } from './reference-client/client.ts';
import { type ClientFault, type Fault, faults, serverFaults } from './reference-client/faults.ts';

const all = await loadScenarios();
const asks = ({ needs }: Scenario) => needs.includes('dns');
const only = (wanted: (scenario: Scenario) => boolean): Catalogue => ({
  ...all,
  scenarios: all.scenarios.filter(wanted),
});
/** By whichever way the client is sent there. */
const catalogues = {
  ip: only((scenario) => !asks(scenario)),
  dns: only((one) => asks(one) || one.id.startsWith('control/')),
};
const catalogue = all;
const names = Object.keys(faults) as ClientFault[];

/** In process a session costs little, and most of its time is waiting. */
const JOBS = 4;

/** Milliseconds: on a busy machine a session that is cut into single bytes takes some seconds. */
const LIMIT = 20_000;

/** Milliseconds without a byte, after which the correct client leaves. Its default is for quicker tests. */
const PATIENCE = 1_000;

/** AVA starts all tests of a file at once; so many sessions in one process would make each other seem slow. */
const inTurn = createTurns(3);

async function runFor(patterns: string[], fault?: Fault): Promise<Result[]> {
  const client = referenceClient(fault ? { faults: [fault] } : { patience: PATIENCE });
  const common = { client, jobs: JOBS, timeoutMs: LIMIT, transcripts: 'all' } as const;
  const results = (['ip', 'dns'] as const).map(async (via) => {
    const { scenarios } = catalogues[via];
    const keys = scenarios.flatMap(({ id, transports }) => transports.map((transport) => keyOf(id, transport, via)));
    const own = patterns.filter((pattern) => keys.some((key) => matchesPattern(pattern, key)));
    // What is in both is not worth a run of its own.
    const isNew = own.some((pattern) => !pattern.startsWith('control/')) || via === 'ip';
    if (patterns.length > 0 && !(own.length > 0 && isNew)) return [];
    return (await inTurn(() => runScenarios({ ...common, catalogue: catalogues[via], patterns: own, via }))).results;
  });
  return (await Promise.all(results)).flat();
}

/** A finding of any level: what an info scenario is after changes no verdict. */
const isCaught = ({ verdict, findings }: Result) => verdict === 'fail' || verdict === 'warn' || findings.length > 0;

const show = ({ key, verdict, outcome, reason, findings }: Result) =>
  `${key}: ${verdict}, ${outcome}${reason ? `, ${reason}` : ''} ${findings.map(({ code }) => code).join(' ')}`;

const isClean = ({ verdict, findings }: Result) => verdict === 'pass' && findings.length === 0;

/**
 * OpenSSL 3.5, which Node 22 and 24 have, drops a change_cipher_spec behind the Finished, where RFC 8446, section 5, has it
 * refused; 3.0 refuses it. A client can do nothing about it.
 */
const isOfItsLibrary = ({ id, findings }: Result) =>
  id === 'tls/unprotected-record-change-cipher-spec' &&
  findings.every(({ code }) => code === 'online-in-tls') &&
  !process.versions.openssl.startsWith('3.0.');

test('the correct client passes every scenario', async (t) => {
  const results = await runFor([]);
  const others = results.filter((result) => !isClean(result) && !isOfItsLibrary(result));
  // Once refused, it does not come back within the same login.
  const stayedAway = others.filter(({ id, reason }) => /^fallback.*-once$/.test(id) && reason === 'does not reconnect');
  // A machine that is too busy for a verdict gets a second chance; a wrong verdict gets none.
  const tooSlow = others.filter(({ verdict }) => verdict === 'inconclusive');
  const again = tooSlow.length > 0 ? await runFor(tooSlow.map(({ key }) => key)) : [];
  const bad = others.filter((result) => !stayedAway.includes(result) && !tooSlow.includes(result));
  t.deepEqual([...bad, ...again.filter((result) => !isClean(result))].map(show), []);
});

test('a correct client that tries again within one login passes them, too', async (t) => {
  const patterns = ['fallback/*-once'];
  const { results } = await runScenarios({
    client: referenceClient({ retries: 1 }),
    catalogue,
    patterns,
    jobs: JOBS,
    timeoutMs: LIMIT,
    via: 'ip',
  });
  t.deepEqual(results.filter((result) => !isClean(result)).map(show), []);
});

test('a correct client that asks for no OCSP response is not attacked by one', async (t) => {
  const { results } = await runScenarios({
    client: referenceClient({ patience: PATIENCE, asksForStaple: false }),
    catalogue,
    patterns: ['certificate/staple-*'],
    jobs: JOBS,
    timeoutMs: LIMIT,
    via: 'ip',
  });
  t.true(results.length > 0);
  for (const { key, verdict, reason, findings } of results) {
    t.deepEqual([verdict, findings], ['pass', []], key);
    t.regex(reason ?? '', /^not-offered: the ClientHello asks for no OCSP response/);
  }
});

for (const fault of names) {
  test(`${fault}: ${faults[fault]}`, async (t) => {
    const meant = catalogue.scenarios.filter(
      ({ caughtBy, namespaces }) => caughtBy.includes(fault) && namespaces.includes('jabber:client'),
    );
    t.true(meant.length > 0, 'no scenario names this fault');
    const results = await runFor(['control/login', ...meant.map(({ id }) => id)], fault);
    const logins = results.filter(({ id }) => id === 'control/login');
    t.deepEqual(logins.filter(({ verdict }) => verdict !== 'pass').map(show), [], 'it fails its base control');
    // Over one of its transports is enough: some faults exist on one only.
    for (const { id } of meant) {
      const own = results.filter((result) => result.id === id);
      t.true(own.some(isCaught), own.map(show).join('; '));
    }
  });
}

test('every fault that a scenario names exists', (t) => {
  const unknown = catalogue.scenarios.flatMap(({ id, caughtBy }) =>
    caughtBy
      .filter((name) => !Object.hasOwn(faults, name) && !Object.hasOwn(serverFaults, name))
      .map((name) => `${id}: ${name}`),
  );
  t.deepEqual(unknown, []);
});

test('no scenario is without a fault that it catches', (t) => {
  const without = catalogue.scenarios.filter(({ id, caughtBy }) => !id.startsWith('control/') && caughtBy.length === 0);
  t.deepEqual(
    without.map(({ id }) => id),
    [],
  );
});
