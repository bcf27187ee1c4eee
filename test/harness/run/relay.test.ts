/** Whole runs through a real server. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Connect, Endpoint } from '../../../harness/client/client.ts';
import { runScenarios } from '../../../harness/index.ts';
import type { Judgement } from '../../../harness/judge/judge.ts';
import type { Finding, Report, Verdict } from '../../../harness/result.ts';
import type { Upstream } from '../../../harness/run/options.ts';
import { withoutBlame } from '../../../harness/run/relay.ts';
import { BadInput } from '../../../harness/scenario/problem.ts';
import { referenceClient } from '../../reference-client/client.ts';
import type { Fault } from '../../reference-client/faults.ts';
import { DOMAIN, nobody, PASSWORD, startServer } from '../../src/entity/relay.ts';
import { prosodyInstalled, startProsody } from '../clients/prosody.ts';

const JID = `juliet@${DOMAIN}`;
const PATIENCE = 5_000;

const client = (...faults: Fault[]) => referenceClient({ faults, patience: PATIENCE });

interface Through {
  upstream: Upstream;
  connect: Connect;
  patterns: string[];
  transport?: 'starttls' | 'direct';
  via?: 'ip' | 'host';
}

const run = ({ connect, ...options }: Through): Promise<Report> =>
  runScenarios({ client: connect, via: 'ip', transcripts: 'all', ...options });

const account = { account: JID, password: PASSWORD };

const verdicts = ({ results }: Report) => Object.fromEntries(results.map(({ key, verdict }) => [key, verdict]));

const PATTERNS = ['control/login', 'stripping/starttls-removed-*', 'certificate/wrong-name', 'injection/*proceed'];

/** What every server has to lead to. */
async function checkRuns(t: ExecutionContext, upstream: Upstream): Promise<void> {
  const good = await run({ upstream, connect: client(), patterns: PATTERNS });
  t.deepEqual(new Set(Object.values(verdicts(good))), new Set(['pass']), JSON.stringify(good.results, null, 1));
  const [base] = good.controls;
  t.like(base, { ok: true, outcome: 'online' });
  t.true(good.controls.some(({ profile }) => profile.includes(' tunnel ')));
  t.true(good.controls.some(({ profile }) => profile.includes(' relayed ')));
  t.true(good.controls.every(({ ok }) => ok));

  const bad = await run({
    upstream,
    connect: client('continues-in-clear'),
    patterns: ['stripping/starttls-removed-*'],
  });
  t.deepEqual(new Set(Object.values(verdicts(bad))), new Set(['fail']));
  // Not all on a machine under load: 1 s after a finding the client is ended.
  t.true(bad.results.some(({ outcome }) => outcome === 'online'));
  t.false(JSON.stringify([good, bad]).includes(PASSWORD));
}

for (const transport of ['starttls', 'direct'] as const) {
  test(`verdicts are the same through a server behind ${transport}`, async (t) => {
    const server = await startServer(t, {}, { transport });
    await checkRuns(t, { ...server, ...account });
  });
}

(prosodyInstalled() ? test : test.skip)(
  'verdicts are the same through Prosody (skipped where it is not installed)',
  async (t) => {
    const prosody = await startProsody({
      users: { [JID]: PASSWORD },
      domains: [DOMAIN],
      authentication: 'internal_plain',
    });
    t.teardown(prosody.stop);
    const ca = await readFile(prosody.caFile, 'utf8');
    await checkRuns(t, { host: '127.0.0.1', port: prosody.c2sPort, transport: 'starttls', ca, ...account });
  },
);

test('the client is told the account, and trusts both CAs', async (t) => {
  const server = await startServer(t);
  const told: (Endpoint & { pem: string })[] = [];
  const connect: Connect = async (endpoint, signal) => {
    told.push({ ...endpoint, pem: await readFile(endpoint.caFile, 'utf8') });
    return client()(endpoint, signal);
  };
  await run({ upstream: { ...server, ...account }, connect, patterns: ['control/login'], transport: 'starttls' });
  t.like(told[0], { jid: JID, domain: DOMAIN, password: PASSWORD });
  const pem = told[0]?.pem ?? '';
  t.true(pem.indexOf(server.ca) > 0);
  t.is(pem.match(/BEGIN CERTIFICATE/g)?.length, 2);
});

test.serial("without --upstream-ca the system's CAs count", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mallory-cas-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const { ca, ...server } = await startServer(t);
  await writeFile(join(folder, 'cas.pem'), ca);
  const before = process.env.SSL_CERT_FILE;
  process.env.SSL_CERT_FILE = join(folder, 'cas.pem');
  t.teardown(() => {
    if (before === undefined) delete process.env.SSL_CERT_FILE;
    else process.env.SSL_CERT_FILE = before;
  });
  const report = await run({
    upstream: { ...server, ...account },
    connect: client(),
    patterns: ['control/login', 'certificate/expired'],
  });
  t.deepEqual(new Set(Object.values(verdicts(report))), new Set(['pass']));
});

test('a way to log in that the server lacks is tried on a simulated one', async (t) => {
  const server = await startServer(t);
  const upstream = { ...server, ...account };
  const patterns = ['stripping/starttls-removed-sasl2', 'stripping/starttls-removed-scram'];
  const good = await run({ upstream, connect: client(), patterns, transport: 'starttls' });
  t.deepEqual(new Set(Object.values(verdicts(good))), new Set(['pass']));
  t.is(good.notes.filter((note) => note.includes('simulated')).length, 1);
  const of = (id: string) =>
    good.results.find((result) => result.id === `stripping/starttls-removed-${id}`)?.control ?? '';
  t.regex(of('scram'), / relayed /);
  t.notRegex(of('sasl2'), /relayed|tunnel/);
  const bad = await run({ upstream, connect: client('sasl2-in-clear'), patterns, transport: 'starttls' });
  t.like(verdicts(bad), { 'stripping/starttls-removed-sasl2[starttls,ip]': 'fail' });
});

test('a server that is down: findings stay, and all else is not judged', async (t) => {
  const upstream = { ...nobody, ca: (await startServer(t)).ca, ...account };
  const patterns = ['stripping/starttls-removed-plain-only', 'certificate/expired', 'control/login'];
  const good = await run({ upstream, connect: client(), patterns, transport: 'starttls' });
  t.deepEqual(new Set(Object.values(verdicts(good))), new Set(['inconclusive']));
  t.regex(good.controls[0]?.diagnosis ?? '', /^The real server failed: 127\.0\.0\.1:\d+ cannot be reached/);
  t.is(good.exitStatus, 2);
  const bad = await run({ upstream, connect: client('continues-in-clear'), patterns, transport: 'starttls' });
  t.like(verdicts(bad), {
    'stripping/starttls-removed-plain-only[starttls,ip]': 'fail',
    'certificate/expired[starttls,ip]': 'inconclusive',
  });
});

test('a certificate that Mallory does not accept is no fault of the client', async (t) => {
  const { ca: _, ...server } = await startServer(t);
  const { ca } = await startServer(t);
  const report = await run({ upstream: { ...server, ca, ...account }, connect: client(), patterns: ['control/login'] });
  t.deepEqual(new Set(Object.values(verdicts(report))), new Set(['inconclusive']));
  // Direct TLS is not what this server speaks, and so is relayed.
  t.true(report.controls.some(({ diagnosis }) => /certificate of .* is not good/.test(diagnosis ?? '')));
});

const liars: [what: string, connect: Connect][] = [
  ['that never connects', async () => ({ result: 'online' })],
  [
    'that does not trust the server',
    async (endpoint, signal) => {
      await client()({ ...endpoint, domain: 'another.xmpp.test' }, signal).catch(() => undefined);
      return { result: 'online' };
    },
  ],
];

for (const [what, connect] of liars)
  test(`a client ${what} is not believed to be online`, async (t) => {
    const server = await startServer(t);
    const report = await run({
      upstream: { ...server, ...account },
      connect,
      patterns: ['control/login'],
      transport: 'starttls',
    });
    t.deepEqual(verdicts(report), { 'control/login[starttls,ip]': 'inconclusive' });
  });

test('a client that was online and says that it was not is believed by the relay alone', async (t) => {
  const server = await startServer(t);
  const connect: Connect = async (endpoint, signal) => {
    await client()(endpoint, signal);
    return { result: 'refused' };
  };
  const upstream = { ...server, ...account };
  const report = await run({ upstream, connect, patterns: ['control/login'], transport: 'starttls' });
  t.deepEqual(verdicts(report), { 'control/login[starttls,ip]': 'pass' });
  t.regex(report.notes.join(), /through the relay, but not with TLS end to end/);
});

test('the account has one domain, so what takes another kind is skipped', async (t) => {
  const server = await startServer(t);
  const patterns = ['control/login', 'interop/domain-u-label', 'certificate/ip-as-dns-id'];
  const report = await run({ upstream: { ...server, ...account }, connect: client(), patterns, transport: 'starttls' });
  t.deepEqual(verdicts(report), {
    'control/login[starttls,ip]': 'pass',
    'interop/domain-u-label[starttls,ip]': 'skip',
    'certificate/ip-as-dns-id[starttls,ip]': 'skip',
  });
});

test('a client that verifies what it dialled is found out behind a relay, too', async (t) => {
  const server = await startServer(t);
  const upstream = { ...server, ...account };
  const connect: Connect = (endpoint, signal) => client()({ ...endpoint, domain: endpoint.host }, signal);
  const patterns = ['control/login', 'certificate/wrong-name', 'interop/certificate-wildcard'];
  const report = await run({ upstream, connect, patterns, transport: 'starttls', via: 'host' });
  t.deepEqual(verdicts(report), {
    'control/login[starttls,host]': 'pass',
    'certificate/wrong-name[starttls,host]': 'skip',
    'interop/certificate-wildcard[starttls,host]': 'skip',
  });
  t.regex(report.notes.join(), /verifies the address that it dialled/);
});

const wrong: [what: string, change: Partial<Upstream>, sentence: RegExp][] = [
  ['an account without a domain', { account: 'juliet' }, /"juliet" is no bare JID/],
  ['a full JID', { account: `${JID}/x` }, /is no bare JID/],
  ['no password', { password: '' }, /needs its password/],
  ['a CA that is none', { ca: 'nothing' }, /no certificate in what was given as the CA/],
];

for (const [what, change, sentence] of wrong)
  test(`bad input: ${what}`, async (t) => {
    const upstream: Upstream = {
      host: '127.0.0.1',
      port: 1,
      transport: 'starttls',
      ca: '-----BEGIN CERTIFICATE-----',
      ...account,
      ...change,
    };
    const error = await t.throwsAsync(run({ upstream, connect: client(), patterns: ['control/login'] }), {
      instanceOf: BadInput,
    });
    t.regex(error.message, sentence);
  });

test('what a client left undone when the server failed does not count, what it did does', (t) => {
  const failed = [{ n: 1, t: 0, layer: 'tcp', connection: 1, type: 'upstream-failed', why: 'It is down.' }] as const;
  const ok = { state: 'ok', attempt: null } as const;
  const finding = { message: '', requirement: '', severity: 'high' } as const;
  const missing = { ...finding, code: 'missing-online', level: 'must', evidence: [1] } satisfies Finding;
  const broken = { ...finding, code: 'authenticated-in-clear', level: 'must', evidence: [1] } satisfies Finding;
  const judged = (verdict: Verdict, ...findings: Finding[]) =>
    withoutBlame({ outcome: 'refused', reason: null, verdict, findings }, failed, ok);
  t.like(judged('fail', missing), {
    verdict: 'inconclusive',
    reason: 'the real server failed: It is down.',
    findings: [],
  });
  t.is(judged('pass').verdict, 'inconclusive');
  t.is(judged('fail', missing, broken).verdict, 'fail');
  t.is(judged('skip').verdict, 'skip');
  const skip: Judgement = { outcome: 'refused', reason: null, verdict: 'skip', findings: [] };
  t.is(withoutBlame(skip, [], ok).verdict, 'skip');
  const attempt = {
    observations: failed,
    canary: '',
    domain: '',
    exit: { code: 1, signal: null },
    stderrTail: '',
    durationMs: 1,
    waitedMs: 0,
  };
  t.is(withoutBlame(skip, [], { state: 'failed', attempt }).verdict, 'inconclusive');
});
