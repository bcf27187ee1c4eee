/** `npm run sweep [-- PATTERNS]`: every scenario about certificates and TLS against each library, with verification on and off. */
import { loadScenarios, runScenarios } from '../../harness/index.ts';
import { LIBRARIES, libraryClient, missing, uncaught, unexplained } from './libraries.ts';

const catalogue = await loadScenarios();
const patterns = process.argv.length > 2 ? process.argv.slice(2) : ['certificate/*', 'interop/*', 'tls/*'];

for (const library of LIBRARIES) {
  const why = missing(library);
  if (why !== null) {
    console.log(`${library.name}: skipped, ${why}`);
    continue;
  }
  const on = await runScenarios({ client: libraryClient(library), catalogue, patterns, via: 'ip' });
  tell(`${library.name}, verifying`, on.summary, unexplained(on, library));
  const off = await runScenarios({
    client: libraryClient(library, true),
    catalogue,
    patterns: ['certificate/*'],
    via: 'ip',
  });
  tell(`${library.name}, not verifying`, off.summary, uncaught(off, catalogue, library));
}

function tell(what: string, summary: object, wrong: string[]): void {
  const counts = Object.entries(summary).filter(([, count]) => count > 0);
  console.log(`${what}: ${counts.map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`);
  for (const line of wrong) console.log(`  ${line}`);
  if (wrong.length > 0) process.exitCode = 1;
}
