/** A client that begins two streams at a time and goes on with one is judged by the one that it goes on with. */
import { connect } from 'node:net';
import test from 'ava';
import { type Connect, loadScenarios, runScenarios } from '../../../harness/index.ts';
import { referenceClient } from '../../reference-client/client.ts';
import type { Fault } from '../../reference-client/faults.ts';

const catalogue = await loadScenarios();

/** Says as much on the connection that loses as on the other, up to its first question. */
const racing =
  (faults: Fault[]): Connect =>
  async (endpoint, signal) => {
    const { host, port, domain } = endpoint;
    const loser = connect(port, host, () =>
      loser.write(
        `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='${domain}' version='1.0'>`,
      ),
    );
    loser.on('error', () => undefined).once('data', () => setTimeout(() => loser.destroy(), 5));
    await new Promise((resolve) => loser.once('data', resolve).once('close', resolve));
    return referenceClient({ faults, patience: 1_000 })(endpoint, signal);
  };

const rows: [id: string, caught: Fault][] = [
  ['fallback/stripped-after-login-scram', 'clear-on-reconnect'],
  ['fallback/stripped-after-reset-once', 'falls-back-to-clear'],
  ['fallback/bad-certificate-after-login-unknown-ca', 'verifies-once'],
  ['resumption/rejected-session-unknown-ca', 'keeps-rejected-session'],
  ['resumption/early-data', 'early-data'],
];

for (const [id, fault] of rows) {
  test(`${id}: withstood, and ${fault} is found out`, async (t) => {
    const run = async (faults: Fault[]) => {
      const options = {
        client: racing(faults),
        catalogue,
        patterns: [id],
        transport: 'starttls' as const,
        via: 'ip' as const,
      };
      const { results } = await runScenarios({ ...options, timeoutMs: 20_000 });
      return results[0]?.verdict;
    };
    t.true(['pass', 'skip'].includes((await run([])) ?? ''));
    t.true(['fail', 'warn'].includes((await run([fault])) ?? ''));
  });
}
