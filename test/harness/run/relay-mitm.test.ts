/** The trusted man in the middle between a client and a real server: only a login that is bound to the channel fails there. */
import { readFile } from 'node:fs/promises';
import test, { type ExecutionContext } from 'ava';
import { runScenarios } from '../../../harness/index.ts';
import type { Report } from '../../../harness/result.ts';
import type { Upstream } from '../../../harness/run/options.ts';
import type { Observation } from '../../../src/transcript.ts';
import { referenceClient } from '../../reference-client/client.ts';
import type { Fault } from '../../reference-client/faults.ts';
import { DOMAIN, PASSWORD, startServer } from '../../src/entity/relay.ts';
import { prosodyInstalled, startProsody } from '../clients/prosody.ts';

const JID = `juliet@${DOMAIN}`;
const ID = 'trusted-mitm/login-';

interface Server {
  upstream: Upstream;
  /** The mechanisms of the logins that came to it, in their order. */
  met(): string[];
}

/** Both ways to bind: `tls-exporter` in TLS 1.3, and `tls-unique` in TLS 1.2, where a Prosody of 2022 has nothing else. */
const servers: [name: string, spoken: Fault, there: boolean, start: (t: ExecutionContext) => Promise<Server>][] = [
  [
    'a simulated server of TLS 1.3',
    'tls-1.3-only',
    true,
    async (t) => {
      const tls = ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-1-PLUS', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'];
      const server = await startServer(t, { mechanisms: { clear: [], tls } });
      return {
        upstream: { ...server, account: JID, password: PASSWORD },
        met: () => mechanismsIn(server.transcript.observations),
      };
    },
  ],
  [
    'Prosody, of TLS 1.2 (skipped where it is not installed)',
    'tls-1.2-only',
    prosodyInstalled(),
    async (t) => {
      const prosody = await startProsody({
        ...{ users: { [JID]: PASSWORD }, domains: [DOMAIN], protocol: 'tlsv1_2' },
        authentication: 'internal_plain',
      });
      t.teardown(prosody.stop);
      const ca = await readFile(prosody.caFile, 'utf8');
      const address = { host: '127.0.0.1', port: prosody.c2sPort, transport: 'starttls', ca } as const;
      return {
        upstream: { ...address, account: JID, password: PASSWORD },
        met: () => [...prosody.log().matchAll(/<auth[^>]* mechanism='([^']+)'/g)].map(([, name = '']) => name),
      };
    },
  ],
];

const run = (upstream: Upstream, faults: Fault[], patterns: string[]): Promise<Report> =>
  runScenarios({
    client: referenceClient({ faults, patience: 5_000 }),
    ...{ upstream, patterns, transport: 'starttls', via: 'ip', transcripts: 'all' },
  });

/** The mechanisms that the client named, in their order. */
const mechanismsIn = (observations: readonly Observation[]) =>
  observations.flatMap((o) =>
    o.layer === 'xmpp' && o.type === 'element' && o.from === 'client' && o.mechanism ? [o.mechanism] : [],
  );

const used = ({ results: [result] }: Report) => mechanismsIn(result?.transcript ?? []);

const fallen: [Fault, scenario: string, code: string, online: boolean][] = [
  ['no-channel-binding', 'passed-on', 'logged-in-through-mitm', true],
  ['unbound-after-failure', 'passed-on', 'unbound-after-bound', true],
  // The server knows that it can bind, and so does not believe the flag.
  ['gives-up-binding', 'passed-on', 'gave-up-channel-binding', false],
  ['denies-binding', 'plus-removed', 'logged-in-through-mitm', true],
];

for (const [name, spoken, there, start] of servers) {
  const title = (what: string) => `${name}: ${what}`;
  const maybe = there ? test : test.skip;

  maybe(title('a login that is bound to the channel works without anybody between'), async (t) => {
    const { upstream, met } = await start(t);
    const report = await run(upstream, [spoken], ['control/login']);
    t.like(report.results[0], { verdict: 'pass', outcome: 'online' });
    t.deepEqual(met(), ['SCRAM-SHA-256-PLUS']);
  });

  maybe(title('it fails behind a trusted man in the middle, and the client leaves it at that'), async (t) => {
    const { upstream, met } = await start(t);
    const report = await run(upstream, [spoken], [`${ID}passed-on`]);
    const [result] = report.results;
    t.like(result, { verdict: 'pass', outcome: 'refused', findings: [] });
    t.deepEqual(used(report), ['SCRAM-SHA-256-PLUS']);
    // Base control, relayed control, attack: the server has seen it, and refused it, itself.
    t.deepEqual(met(), Array(3).fill('SCRAM-SHA-256-PLUS'));
  });

  maybe(title('where the offer is taken out, the server does not believe that nobody can bind'), async (t) => {
    const { upstream, met } = await start(t);
    const report = await run(upstream, [spoken], [`${ID}plus-removed`]);
    t.like(report.results[0], { verdict: 'pass', outcome: 'refused', findings: [] });
    t.deepEqual(used(report), ['SCRAM-SHA-256']);
    t.is(met().at(-1), 'SCRAM-SHA-256');
  });

  for (const [fault, scenario, code, online] of fallen)
    maybe(title(`${fault} is found out`), async (t) => {
      const { upstream, met } = await start(t);
      const report = await run(upstream, [spoken, fault], [`${ID}${scenario}`]);
      const [result] = report.results;
      t.true(
        result?.findings.some((finding) => finding.code === code),
        JSON.stringify(result, null, 1),
      );
      t.is(result?.outcome, online ? 'online' : 'refused');
      t.is(met().at(-1), 'SCRAM-SHA-256');
    });
}
