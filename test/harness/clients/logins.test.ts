/** Every installed client logs in to a real server and stays when told so; the libraries refuse a certificate that has expired. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type BundledClient, bundledClients } from '../../../harness/clients/clients.ts';
import type { Transport } from '../../../src/transcript.ts';
import { type Drive, drive } from './drive.ts';
import { type Prosody, prosodyInstalled, startProsody } from './prosody.ts';

const account = { jid: 'alice@relay.xmpp.test', password: 'secret-alice' };
/** After a moment: the hook runs before the answer to bind is sent. */
const pingsWhoeverBinds = `
local st = require "util.stanza"
module:hook("resource-bind", function (event)
  local ping = st.iq({ type = "get", id = "own", to = event.session.full_jid, from = module.host })
  module:add_timer(0.1, function ()
    module:send_iq(ping:tag("ping", { xmlns = "urn:xmpp:ping" })):next(function (answer)
      module:log("info", "The ping is answered by a %s", answer.stanza.attr.type)
    end)
  end)
end)`;

const withProsody = prosodyInstalled();
const found = await Promise.all(bundledClients.map(async (client) => ({ client, detection: await client.detect() })));
const commands = new Map<string, string[]>();
let cache: string;
let good: Prosody;
let pinging: Prosody;
let expired: Prosody;

test.before(async () => {
  cache = await mkdtemp(join(tmpdir(), 'mallory-cache-'));
  if (!withProsody) return;
  const installed = found.filter(({ detection }) => detection.installed);
  await Promise.all(installed.map(async ({ client }) => commands.set(client.name, await client.command(cache))));
  const users = { [account.jid]: account.password };
  // @xmpp/client verifies the dialled address by direct TLS.
  good = await startProsody({ users, credential: 'valid-dialled-address' });
  pinging = await startProsody({ users, credential: 'valid-dialled-address', module: pingsWhoeverBinds });
  expired = await startProsody({ users, credential: 'expired' });
});

test.after.always(async () => {
  await Promise.all([good?.stop(), pinging?.stop(), expired?.stop(), rm(cache, { recursive: true, force: true })]);
});

type Settings = Pick<Drive, 'server' | 'transport' | 'session'> & { client: BundledClient };

const driven = async (t: ExecutionContext, { client, ...settings }: Settings) => {
  const running = await drive({ ...account, ...settings, command: commands.get(client.name) ?? [] });
  t.teardown(running.kill);
  return running;
};
/** By their documentation: an LmSSL without a callback goes on after every problem, and AnyEvent::XMPP has no setting. */
const VERIFY_NOTHING = ['loudmouth-bare', 'anyevent-xmpp'];
const LOGIN = 'Authenticated as alice@relay.xmpp.test';

for (const { client, detection } of found) {
  // Prosody is outside of their rooms, and so is nobody's CA in the system's store: scenarios.test.ts has them.
  if (client.confined !== null) continue;
  const missing = !withProsody ? 'prosody is not installed' : detection.installed ? null : `needs ${client.install}`;
  const check = missing === null ? test.serial : test.serial.skip;
  const title = (transport: Transport, what: string) =>
    `${client.name} by ${transport}: ${what}${missing === null ? '' : ` (${missing})`}`;

  for (const transport of client.transports) {
    check(title(transport, 'logs in, leaves and ends with 0'), async (t) => {
      const from = good.log().length;
      const { ended } = await driven(t, { client, server: good, transport, session: 'once' });
      const { code, output } = await ended;
      t.is(code, 0, output);
      t.true(good.log().includes(LOGIN, from));
    });

    const stays = client.sessions.includes('stay') ? check : test.serial.skip;
    stays(title(transport, 'stays, answers a ping and ends when asked to'), async (t) => {
      const from = pinging.log().length;
      const { ended, ask } = await driven(t, { client, server: pinging, transport, session: 'stay' });
      await t.notThrowsAsync(pinging.logged('The ping is answered by a result', from));
      ask();
      const { code, output } = await ended;
      // It has no handler for SIGTERM, and 0.5.6 crashes after the answer to a ping.
      if (client.name !== 'go-sendxmpp') t.is(code, 0, output);
    });

    if (VERIFY_NOTHING.includes(client.name)) continue;
    // A program may ask its user, or try for ever: what it does is judged in programs.test.ts.
    if (client.file.endsWith('.yaml')) continue;
    check(title(transport, 'does not log in where the certificate has expired'), async (t) => {
      const { ended } = await driven(t, { client, server: expired, transport, session: 'once' });
      const { code, output } = await ended;
      t.not(code, 0, output);
      t.false(expired.log().includes(LOGIN));
    });
  }
}
