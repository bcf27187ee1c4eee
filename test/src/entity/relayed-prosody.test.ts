/** The relay in front of Prosody. */
import { readFileSync } from 'node:fs';
import test from 'ava';
import type { UpstreamServer } from '../../../src/entity/upstream-tls.ts';
import { type Prosody, prosodyInstalled, startProsody } from '../../harness/clients/prosody.ts';
import { referenceClient } from '../../reference-client/client.ts';
import { bound, DOMAIN, failures, meet, PASSWORD } from './relay.ts';

const client = referenceClient({ patience: 10_000 });
const strip = [{ on: 'features', in: 'clear', do: { remove: 'starttls' } }] as const;

if (prosodyInstalled()) {
  let prosody: Prosody;
  let ca = '';
  test.before(async () => {
    prosody = await startProsody({ users: { [`juliet@${DOMAIN}`]: PASSWORD }, domains: [DOMAIN] });
    ca = readFileSync(prosody.caFile, 'utf8');
  });
  test.after.always(() => prosody?.stop());
  const behind = (transport: 'starttls' | 'direct'): UpstreamServer => ({
    ...{ host: '127.0.0.1', transport, ca },
    port: transport === 'direct' ? prosody.directPort : prosody.c2sPort,
  });

  for (const transport of ['starttls', 'direct'] as const) {
    test(`a login by ${transport}`, async (t) => {
      const met = await meet(client, { upstream: behind(transport), transport });
      t.is(met.error, null);
      t.regex(bound(met).join(), /^juliet@relay\.xmpp\.test\/.+/);
    });

    test(`a login through a tunnel by ${transport}`, async (t) => {
      const met = await meet(client, { upstream: behind(transport), transport, tunnel: true, ca });
      t.is(met.error, null);
      const tunnel = met.observations.find((o) => o.layer === 'tcp' && o.type === 'tunnelled');
      t.like(tunnel, { tls: true });
      t.true(tunnel && 'exchanges' in tunnel && tunnel.exchanges >= 4);
    });
  }

  for (const mechanism of ['SCRAM-SHA-1', 'PLAIN']) {
    test(`stripped, a client that logs in in clear with ${mechanism} is online there`, async (t) => {
      const from = prosody.log().length;
      const offers = { mechanisms: { clear: [mechanism], tls: [] } };
      const faulty = referenceClient({ faults: ['continues-in-clear'], patience: 10_000 });
      const met = await meet(faulty, { upstream: behind('starttls'), offers, script: [...strip] });
      t.is(met.error, null);
      const [jid = ''] = bound(met);
      t.true(prosody.log().slice(from).includes(`Resource bound: ${jid}`));
    });
  }

  test('200 sessions, 16 at a time: none hangs, none fails', async (t) => {
    const upstream = behind('starttls');
    let left = 200;
    const worker = async () => {
      while (left > 0) {
        left -= 1;
        const met = await meet(client, { upstream });
        t.is(met.error, null);
        t.deepEqual(failures(met), []);
        t.is(bound(met).length, 1);
      }
    };
    await Promise.all(Array.from({ length: 16 }, worker));
  });
} else {
  test('Prosody is not installed: nothing is relayed to it', (t) => t.pass());
}
