/**
 * The scenarios about certificates against TLS libraries that are not ours: verifying they are not failed, and not
 * verifying they are. A core of them only; `npm run sweep` takes all libraries, scenarios and transports.
 */
import test from 'ava';
import { loadScenarios, runScenarios } from '../../harness/index.ts';
import { matchesPattern } from '../../harness/scenario/glob.ts';
import { LIBRARIES, libraryClient, missing, uncaught, unexplained } from './libraries.ts';

const catalogue = await loadScenarios();
/** Every eighth, whatever there is: a list would not grow with the catalogue. */
const core = catalogue.scenarios
  .filter(({ id, transports }) => id.startsWith('certificate/') && transports.includes('starttls'))
  .filter((_, index) => index % 8 === 0)
  .map(({ id }) => id);
const options = { catalogue, patterns: core, transport: 'starttls', via: 'ip', jobs: 2, timeoutMs: 20_000 } as const;

for (const library of LIBRARIES.filter(({ name }) => name === 'python ssl' || name === 'openssl s_client')) {
  const why = missing(library);
  const check = why === null ? test.serial : test.serial.skip;
  const title = (what: string) => `${library.name} ${what}${why === null ? '' : ` (${why})`}`;

  check(title('verifies, and is not failed for anything that it is not known for'), async (t) => {
    const report = await runScenarios({ ...options, patterns: [...core], client: libraryClient(library) });
    t.deepEqual(unexplained(report, library), []);
    t.true(report.summary.pass > report.results.length / 2);
  });

  check(title('does not verify, and is caught wherever only that helps'), async (t) => {
    const report = await runScenarios({ ...options, patterns: [...core], client: libraryClient(library, true) });
    t.deepEqual(uncaught(report, catalogue, library), []);
    t.true(report.summary.fail > report.results.length / 2);
  });
}

test('what a library is known for is still in the catalogue', (t) => {
  const stale = LIBRARIES.flatMap(({ known, refusesAnyway = [] }) =>
    [...known, ...refusesAnyway].map(({ match }) => match),
  ).filter((match) => !catalogue.scenarios.some(({ id }) => matchesPattern(match, id)));
  t.deepEqual(stale, []);
});
