/** A run of clients that are hard to hold: the right verdicts, and nothing left. The client is @xmpp/client, which is known. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { commandClient } from '../../../harness/client/command.ts';
import { bundledClient } from '../../../harness/clients/clients.ts';
import { commandOf } from '../../../harness/clients/recipe.ts';
import { runScenarios } from '../../../harness/index.ts';
import { complete } from '../../../harness/recipe/schema.ts';
import type { Verdict } from '../../../harness/result.ts';

const PATTERNS = ['control/login', 'certificate/self-signed', 'stripping/starttls-removed-scram'];
/** As it does by its own driver (docs/results.md). */
const KNOWN: Verdict[] = ['pass', 'pass', 'fail'];
const UNKNOWN: Verdict[] = ['inconclusive', 'inconclusive', 'inconclusive'];

type Written = Parameters<typeof complete>[0];

/** `script` finds the words that start the client as its own. */
async function verdicts(t: ExecutionContext, script: string, recipe: Partial<Written> = {}) {
  const cache = await mkdtemp(join(tmpdir(), 'mallory-cache-'));
  t.teardown(() => rm(cache, { recursive: true }));
  const client = await bundledClient('xmppjs').command(cache);
  const words = await commandOf(complete({ command: ['sh', '-c', script, 'sh', ...client], ...recipe }), cache);
  const { results } = await runScenarios({
    client: commandClient({ label: 'hard to hold', command: words, rerun: [] }),
    patterns: PATTERNS,
    transport: 'starttls',
    via: 'ip',
    timeoutMs: 5_000,
  });
  const found = new Map(results.map(({ id, verdict }) => [id, verdict]));
  t.log(results.map(({ reason }) => reason));
  return PATTERNS.map((id) => found.get(id));
}

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a program that makes itself a daemon', async (t) => {
  t.deepEqual(await verdicts(t, 'setsid "$@" </dev/null >/dev/null 2>&1 & exit 0'), KNOWN);
});

onLinux('a program that leaves a process behind', async (t) => {
  t.deepEqual(await verdicts(t, 'setsid sleep 600 >/dev/null 2>&1 & exec "$@"'), KNOWN);
});

const asks = 'echo "Really log in?"; read -r yes; [ "$yes" = yes ] || exit 1; exec "$@"';
onLinux('a program that asks, and is answered by its recipe', async (t) => {
  const recipe = { terminal: true, type: [{ when: 'Really log in\\?', keys: 'yes\r' }] };
  t.deepEqual(await verdicts(t, asks, recipe), KNOWN);
});

onLinux('a program that asks, and is answered by nobody, is judged by nothing', async (t) => {
  t.deepEqual(await verdicts(t, asks, { terminal: true }), UNKNOWN);
});
