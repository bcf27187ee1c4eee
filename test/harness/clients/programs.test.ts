/** Every installed program with a recipe passes its base control, and gets the verdicts that are its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { commandClient } from '../../../harness/client/command.ts';
import { bundledClients } from '../../../harness/clients/clients.ts';
import { openNetwork } from '../../../harness/confine/network.ts';
import { runScenarios } from '../../../harness/index.ts';
import type { Verdict } from '../../../harness/result.ts';
import { createTurns } from '../../../harness/run/turns.ts';

const CONTROL = 'control/login';
const UNTRUSTED = 'certificate/self-signed';
const STRIPPED = 'stripping/starttls-removed-plain-only';

/** Milliseconds: with all of them at once on two cores, poezio once took more than ten seconds to connect. */
const LIMIT = 30_000;
const inTurn = createTurns(3);

/** By STARTTLS. What is not a `pass` is what the entry is there for, or stands in docs/results.md. */
const expected: Record<string, [control: Verdict, untrusted: Verdict, stripped: Verdict]> = {
  sendxmpp: ['pass', 'pass', 'fail'],
  profanity: ['pass', 'pass', 'pass'],
  'profanity-force': ['pass', 'pass', 'pass'],
  'profanity-allow': ['pass', 'pass', 'fail'],
  'profanity-trust': ['pass', 'fail', 'pass'],
  mcabber: ['pass', 'pass', 'pass'],
  'mcabber-stock': ['pass', 'pass', 'fail'],
  'mcabber-unchecked': ['pass', 'fail', 'pass'],
  poezio: ['pass', 'pass', 'pass'],
  finch: ['pass', 'pass', 'pass'],
  'finch-opportunistic': ['pass', 'pass', 'pass'],
  bitlbee: ['pass', 'pass', 'pass'],
  'bitlbee-try': ['pass', 'pass', 'fail'],
  irssi: ['pass', 'fail', 'pass'],
  dino: ['pass', 'pass', 'pass'],
  gajim: ['pass', 'pass', 'pass'],
};

const programs = await Promise.all(
  bundledClients
    .filter(({ file }) => file.endsWith('.yaml'))
    .map(async (client) => ({ ...client, detection: await client.detect() })),
);
const namespaces = await openNetwork(process.getuid?.() === 0 ? 'root' : 'user-namespace').then(
  (network) => {
    network.close();
    return true;
  },
  () => false,
);
let cache: string;

test.before(async () => {
  cache = await mkdtemp(join(tmpdir(), 'mallory-cache-'));
});
test.after.always(() => rm(cache, { recursive: true, force: true }));

test('every program is in the table', (t) => {
  t.deepEqual(programs.map(({ name }) => name).sort(), Object.keys(expected).sort());
});

for (const { name, detection, command, install, confined, via } of programs) {
  const why = !detection.installed ? `needs ${install}` : confined !== null && !namespaces ? 'needs namespaces' : null;
  const check = why === null ? test : test.skip;
  check(
    `${name}: control, certificate that nobody trusts, STARTTLS removed${why === null ? '' : ` (${why})`}`,
    async (t) => {
      const client = commandClient({
        label: name,
        command: await command(cache),
        confined: confined !== null,
        rerun: [],
      });
      const patterns = [CONTROL, UNTRUSTED, STRIPPED];
      const options = { client, patterns, transport: 'starttls', via: via ?? 'ip', timeoutMs: LIMIT } as const;
      const { results } = await inTurn(() => runScenarios(options));
      const verdicts = results.map(({ id, verdict }) => [id, verdict]);
      const why = results.flatMap(({ reason }) => reason ?? []).join('\n');
      const [control, untrusted, stripped] = expected[name] ?? [];
      t.deepEqual(
        Object.fromEntries(verdicts),
        { [CONTROL]: control, [UNTRUSTED]: untrusted, [STRIPPED]: stripped },
        why,
      );
    },
  );
}
