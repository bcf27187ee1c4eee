/** Every scenario in front of real servers: what is behind the relay changes no verdict. */
import { readFile } from 'node:fs/promises';
import test from 'ava';
import { runScenarios } from '../../../harness/index.ts';
import type { Report } from '../../../harness/result.ts';
import type { Upstream } from '../../../harness/run/options.ts';
import { referenceClient } from '../../reference-client/client.ts';
import type { Fault } from '../../reference-client/faults.ts';
import { DOMAIN, PASSWORD } from '../../src/entity/relay.ts';
import { ejabberdInstalled, startEjabberd } from '../clients/ejabberd.ts';
import { prosodyInstalled, startProsody } from '../clients/prosody.ts';

const ACCOUNT = `juliet@${DOMAIN}`;

const servers = {
  Prosody: {
    installed: prosodyInstalled,
    start: () =>
      startProsody({
        users: { [ACCOUNT]: PASSWORD },
        domains: [DOMAIN],
        authentication: 'internal_plain',
        logLevel: 'info',
      }),
  },
  ejabberd: {
    installed: ejabberdInstalled,
    start: () => startEjabberd({ domain: DOMAIN, users: { juliet: PASSWORD } }),
  },
};

/** A server only matters to clients that get to talk to it: in clear, and inside TLS to somebody else. */
const clients: [what: string, faults: Fault[], patterns: string[]][] = [
  ['the correct client', [], ['*']],
  [
    'one that can be stripped',
    ['continues-in-clear', 'sasl-before-tls', 'failure-in-clear', 'keeps-buffer', 'keeps-stanzas'],
    ['stripping/*', 'header/*', 'reply/*', 'injection/*'],
  ],
  [
    'one that trusts anybody',
    ['trusts-any', 'skips-signature-check', 'low-iterations', 'follows-redirect'],
    ['sasl/*', 'trusted-mitm/*', 'certificate/self-signed', 'certificate/wrong-name'],
  ],
];

const run = (faults: Fault[], patterns: string[], upstream?: Upstream): Promise<Report> =>
  runScenarios({
    client: referenceClient({ faults, patience: 5_000 }),
    ...{ patterns, upstream, transport: 'starttls', via: 'ip' },
  });

/** What cannot be relayed at all says so, and is no difference. */
const CANNOT = /^the account has its own domain|^a login with a certificate cannot be passed on/;

const simulated = new Map<string, Promise<Report>>();
/** Run once for both servers, beside the first. */
function withoutServer(what: string, faults: Fault[], patterns: string[]): Promise<Report> {
  const report = simulated.get(what) ?? run(faults, patterns);
  simulated.set(what, report);
  return report;
}

for (const [name, { installed, start }] of Object.entries(servers)) {
  (installed() ? test.serial : test.skip)(
    `every scenario gives the same verdict in front of ${name} (skipped where it is not installed)`,
    async (t) => {
      t.timeout(600_000);
      const server = await start();
      t.teardown(server.stop);
      const ca = await readFile(server.caFile, 'utf8');
      const upstream: Upstream = {
        ...{ host: '127.0.0.1', port: server.c2sPort, transport: 'starttls', ca },
        ...{ account: ACCOUNT, password: PASSWORD },
      };
      for (const [what, faults, patterns] of clients) {
        const [before, behind] = await Promise.all([
          withoutServer(what, faults, patterns),
          run(faults, patterns, upstream),
        ]);
        const relayed = new Map(behind.results.map((result) => [result.key, result]));
        const differ = before.results.flatMap(({ key, verdict }) => {
          const { verdict: there, reason } = relayed.get(key) ?? {};
          const same = verdict === there || (there === 'skip' && CANNOT.test(reason ?? ''));
          return same ? [] : [`${key}: ${verdict}, there ${there} (${reason})`];
        });
        t.deepEqual(differ, [], what);
        const skipped = behind.results.filter(({ reason }) => CANNOT.test(reason ?? '')).length;
        t.true(skipped < behind.results.length / 10, `${what}: ${skipped} cannot be relayed`);
        // The attacker's success is a real login there.
        const online = behind.results.some(({ verdict, outcome }) => verdict === 'fail' && outcome === 'online');
        t.is(online, faults.length > 0, what);
        t.true(behind.controls.some(({ profile }) => profile.includes(' tunnel ')));
      }
    },
  );
}
