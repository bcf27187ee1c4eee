/** `--via dns`: the client is told no host and no port, and asks. */
import { Resolver } from 'node:dns/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { type Connect, commandClient, type RunScenariosOptions, runScenarios } from '../../../harness/index.ts';
import type { Result, Verdict } from '../../../harness/result.ts';
import { referenceClient } from '../../reference-client/client.ts';
import { ways } from '../confine/privileges.ts';

const confined = ways.length > 0 ? test : test.skip;
const run = (options: Pick<RunScenariosOptions, 'client'> & Partial<RunScenariosOptions>) =>
  runScenarios({ patterns: ['control/login'], transport: 'starttls', via: 'dns', transcripts: 'all', ...options });
const dnsOf = ({ transcript = [] }: Result) =>
  transcript.flatMap((o) =>
    o.layer === 'dns' && o.type === 'answer'
      ? [`${o.wanted} ${o.code} ${o.records.map((one) => one.split(' ').slice(1).join(' '))}`]
      : [],
  );

test('a client finds host and port by DNS, on the ports that are usual', async (t) => {
  const told: [string, number][] = [];
  const client: Connect = (endpoint, signal) => {
    told.push([endpoint.host, endpoint.port]);
    return referenceClient()(endpoint, signal);
  };
  const { results } = await run({ client, transport: undefined });
  t.deepEqual(
    results.map(({ key, verdict }) => [key, verdict]),
    [
      ['control/login[starttls,dns]', 'pass'],
      ['control/login[direct,dns]', 'pass'],
    ],
  );
  t.deepEqual(told, [
    ['', 0],
    ['', 0],
  ]);
  for (const [index, port] of [5222, 5223].entries()) {
    const answers = dnsOf(results[index] as Result);
    const [srv = '', a = ''] = ['SRV', 'A'].map((type) => answers.find((one) => one.startsWith(`${type} NOERROR`)));
    t.regex(
      srv,
      new RegExp(`^SRV NOERROR SRV 0 5 ${process.platform === 'linux' ? port : '\\d+'} xmpp1\\.hosting\\.test\\.$`),
    );
    t.regex(a, /^A NOERROR A 127\./);
  }
});

test('a certificate for the SRV target or its address only is refused, and who takes it fails', async (t) => {
  const patterns = ['certificate/host-name-only', 'certificate/dialled-address-only'];
  const verdicts = async (client: Connect) => (await run({ client, patterns })).results.map(({ verdict }) => verdict);
  t.deepEqual(await verdicts(referenceClient()), ['pass', 'pass']);
  t.deepEqual(await verdicts(referenceClient({ faults: ['name-is-dialled'] })), ['fail', 'fail']);
});

test('a client that verifies nothing but the SRV target fails by that, and the rest is skipped', async (t) => {
  const client: Connect = async (endpoint, signal) => {
    const system = resolverAt(endpoint.resolver);
    const [server] = await system.resolveSrv(`_xmpp-client._tcp.${endpoint.domain}`);
    const { name = '', port = 0 } = server ?? {};
    // For the correct client the host is the domain then.
    const [host = ''] = await system.resolve4(name);
    return referenceClient()({ ...endpoint, via: 'ip', host, port, domain: name }, signal);
  };
  const patterns = ['certificate/host-name-only', 'certificate/dialled-address-only', 'certificate/parent-name'];
  const { results, notes } = await run({ client, patterns });
  t.deepEqual(results.map(({ verdict }) => verdict).sort(), ['fail', 'fail', 'skip']);
  t.regex(notes.join(), /verifies the address that it dialled \(xmpp1\.hosting\.test, or its address\)/);
});

function resolverAt(server = ''): Resolver {
  const resolver = new Resolver();
  resolver.setServers([server]);
  return resolver;
}

const ask =
  (query: (resolver: Resolver, domain: string) => Promise<unknown>): Connect =>
  async ({ resolver, domain }) => {
    await query(resolverAt(resolver), domain).catch(() => undefined);
    return { result: 'refused' };
  };
const srv = (service: string) => ask((resolver, domain) => resolver.resolveSrv(`_${service}._tcp.${domain}`));
const diagnoses: [
  title: string,
  client: Connect,
  transport: 'starttls' | 'direct',
  verdict: Verdict,
  reason: RegExp,
][] = [
  [
    'never asked',
    ask(async () => undefined),
    'starttls',
    'inconclusive',
    /^The client never asked DNS, and never connected\. Likely: it looks for XMPP_HOST/,
  ],
  [
    'asked for another name',
    ask((resolver) => resolver.resolve4('example.test')),
    'starttls',
    'inconclusive',
    /^The client asked DNS for other names than x\w+\.im\.xmpp\.test, .* \(example\.test A\)/,
  ],
  [
    'asked and never connected',
    srv('xmpp-client'),
    'starttls',
    'inconclusive',
    /^The client asked DNS \(_xmpp-client\._tcp\.x\w+\.im\.xmpp\.test SRV\), and never connected\. Likely/,
  ],
  ['does not look for direct TLS', srv('xmpp-client'), 'direct', 'skip', /asks DNS for _xmpp-client only/],
];
for (const [title, client, transport, verdict, reason] of diagnoses)
  test(`a client that ${title} is told so`, async (t) => {
    const { results } = await run({ client, transport });
    t.is(results[0]?.verdict, verdict);
    t.regex(results[0]?.reason ?? '', reason);
  });

test('what is about DNS is skipped without it, and what is not about it with it', async (t) => {
  const patterns = ['certificate/ip-as-dns-id'];
  const { results } = await run({ client: referenceClient(), patterns });
  t.true(results.length > 0);
  for (const { verdict, reason } of results.filter(({ verdict: one }) => one === 'skip'))
    t.deepEqual([verdict, reason], ['skip', 'its domain is an address, for which nobody asks DNS']);
});

test('a command that is not confined would ask the DNS of this machine', async (t) => {
  const client = commandClient({ command: ['true'], rerun: [] });
  await t.throwsAsync(run({ client }), { message: /^--via dns needs --confine: / });
});

confined('a confined command asks the resolver of its system', async (t) => {
  const driver = fileURLToPath(new URL('../../../harness/clients/xmppjs/driver.mjs', import.meta.url));
  const client = commandClient({ command: [process.execPath, driver], rerun: [] });
  const { results } = await run({ client, confine: true, timeoutMs: 20_000 });
  t.is(results[0]?.verdict, 'pass', results[0]?.reason ?? '');
  t.true(dnsOf(results[0] as Result).includes('SRV NOERROR SRV 0 5 5222 xmpp1.hosting.test.'));
  t.regex(results[0]?.rerun ?? '', /--via dns/);
});
