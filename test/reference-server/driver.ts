/** The reference server as a driver (docs/servers.md). Arguments are faults. */
import { createInterface } from 'node:readline';
import { POLICIES } from '../../harness/client/server.ts';
import type { Fault } from '../reference-client/faults.ts';
import { startReference } from './server.ts';

const { env } = process;
const say = (word: object) => void process.stdout.write(`${JSON.stringify(word)}\n`);
const policy = env.XMPP_POLICY === 'stock' ? 'authenticated' : (env.XMPP_POLICY ?? '');
if (!Object.hasOwn(POLICIES, policy)) {
  process.stderr.write(`The reference server knows no policy "${policy}".\n`);
  process.exit(77);
}

const start = startReference({ faults: process.argv.slice(2) as Fault[], patience: 1_000 });
const server = await start(
  {
    domain: env.XMPP_DOMAIN ?? '',
    certFile: env.XMPP_CERT_FILE ?? '',
    keyFile: env.XMPP_KEY_FILE ?? '',
    caFile: env.XMPP_CA_FILE ?? '',
    stateDir: env.XMPP_STATE_DIR ?? '',
    dns: env.XMPP_DNS ?? null,
    anchorFile: env.XMPP_ANCHOR_FILE ?? null,
    https: env.XMPP_HTTPS ?? null,
    policy,
  },
  (returned) => say({ returned }),
);
say({ ready: true, ...server.ready });
const lines = createInterface({ input: process.stdin });
lines.on('line', async (line) => {
  const { trigger, reset } = JSON.parse(line);
  if (trigger) {
    await server.trigger(trigger);
    say({ sent: trigger.id });
  } else if (reset) {
    await server.reset(reset);
    say({ reset: reset.id });
  }
});
lines.on('close', () => server.end());
