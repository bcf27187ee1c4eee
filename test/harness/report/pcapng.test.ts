import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, connect as dial, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { runScenarios } from '../../../harness/index.ts';
import { pcapng } from '../../../harness/report/pcapng/pcapng.ts';
import { createRecording, type Recording, type WireEvent } from '../../../src/interceptor/recording.ts';
import { referenceClient } from '../../reference-client/client.ts';
import { HOSTILE } from './fixtures.ts';

const run = promisify(execFile);
const hasTshark = await run('tshark', ['--version']).then(
  () => true,
  () => false,
);
const withTshark = hasTshark ? test : test.skip;

async function folder(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'mallory-pcap-'));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

/** What tshark says of each packet that `filter` lets through, field by field. */
async function fields(file: string, filter: string, ...names: string[]): Promise<string[][]> {
  const checks = ['-o', 'ip.check_checksum:TRUE', '-o', 'tcp.check_checksum:TRUE'];
  const words = ['-r', file, ...checks, '-Y', filter, '-T', 'fields', ...names.flatMap((name) => ['-e', name])];
  const { stdout } = await run('tshark', words, { maxBuffer: 16_777_216 });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}

const made: [from: WireEvent['from'], what: WireEvent['what']][] = [
  ['client', Buffer.from("<stream:stream to='x'>")],
  ['mallory', Buffer.alloc(150_000, 0x20)],
  ['client', { leftOut: 70_000 }],
  ['client', Buffer.from('</stream:stream>')],
  ['client', 'end'],
  ['mallory', 'end'],
];

function recorded(events: typeof made, keys = ''): Recording {
  return {
    ...createRecording(),
    connections: () => [
      {
        n: 1,
        endpoint: 'elsewhere',
        client: 40_000,
        mallory: 41_000,
        openedAtMs: 1_700_000_000_000.5,
        events: events.map(([from, what], index) => ({ atMs: 1_700_000_000_001 + index, from, what })),
      },
    ],
    keys: () => keys,
  };
}

test('pcapng: blocks that follow each other to the end, each a multiple of four octets', (t) => {
  const octets = pcapng(recorded(made, 'CLIENT_RANDOM 00 11\n'), { transport: 'starttls', about: HOSTILE });
  const types: number[] = [];
  for (let at = 0; at < octets.length; ) {
    const length = octets.readUInt32LE(at + 4);
    t.is(length % 4, 0);
    t.is(octets.readUInt32LE(at + length - 4), length);
    types.push(octets.readUInt32LE(at));
    at += length;
  }
  t.deepEqual(types.slice(0, 4), [0x0a0d0d0a, 1, 0xa, 6]);
  t.true(types.slice(3).every((type) => type === 6));
  t.false(octets.includes('\u001b'));
});

withTshark('pcapng: checksums, numbers and ends as TCP has them (tshark)', async (t) => {
  const file = join(await folder(t), 'made.pcapng');
  await writeFile(file, pcapng(recorded(made), { transport: 'starttls', about: HOSTILE }));
  t.deepEqual(
    await fields(
      file,
      'ip.checksum_bad.expert or tcp.checksum_bad.expert or tcp.analysis.retransmission',
      'frame.number',
    ),
    [],
  );
  t.deepEqual(await fields(file, 'tcp.flags.syn==1', 'ip.src', 'ip.dst', 'tcp.srcport', 'tcp.dstport'), [
    ['127.0.0.1', '127.0.0.2', '40000', '5222'],
    ['127.0.0.2', '127.0.0.1', '5222', '40000'],
  ]);
  t.is((await fields(file, 'tcp.flags.fin==1', 'frame.number')).length, 2);
  const lengths = await fields(file, 'tcp.srcport==5222 and tcp.len>0', 'tcp.len');
  t.deepEqual(lengths.flat().map(Number), [60_000, 60_000, 30_000]);
  // Octets that were left out are a hole, and not a lie.
  t.is((await fields(file, 'tcp.analysis.lost_segment', 'frame.number')).length, 1);
  t.deepEqual((await fields(file, 'frame.comment', 'frame.comment')).flat(), [
    'connection 1 to the endpoint elsewhere, which really listened on port 41000',
    '70000 octets before this were not recorded',
  ]);
  t.deepEqual((await fields(file, 'frame.number==1', 'frame.time_epoch')).flat(), ['1700000000.000500000']);
});

const versions = [
  ['TLSv1.3', '0x0304', 'control/login'],
  ['TLSv1.2', '0x0303', 'interop/tls-1.2-only'],
] as const;
for (const [version, number, id] of versions) {
  withTshark(
    `--pcap: STARTTLS, and ${version} decrypted without a word: the login is there to read (tshark)`,
    async (t) => {
      const pcap = await folder(t);
      const { results } = await runScenarios({
        client: referenceClient(),
        patterns: [id],
        transport: 'starttls',
        via: 'ip',
        pcap,
      });
      t.is(results[0]?.verdict, 'pass');
      const names = (await readdir(pcap)).filter((name) => id === 'control/login' || name.startsWith('interop'));
      t.is(names.length, 1, String(names));
      const file = join(pcap, names[0] ?? '');
      const hello = await fields(
        file,
        'tls.handshake.type==2',
        'tls.handshake.version',
        'tls.handshake.extensions.supported_version',
      );
      t.is(hello.length, 1);
      t.is(
        hello[0]?.find((value) => value === number),
        number,
      );
      const tags = (await fields(file, 'xmpp', 'xml.tag')).flat().join('\n');
      t.regex(tags, /<starttls xmlns=['"]urn:ietf:params:xml:ns:xmpp-tls['"]\/>/);
      t.regex(tags, /<proceed /);
      const [auth] = await fields(file, 'xmpp.auth', 'frame.protocols', 'xml.tag', 'xml.cdata');
      t.regex(auth?.[0] ?? '', /tls:xmpp/);
      t.regex(auth?.[1] ?? '', /<auth .*mechanism=['"]SCRAM-SHA-256/);
      t.regex(Buffer.from(auth?.[2] ?? '', 'base64').toString(), /^[ny],,n=user-/);
      t.deepEqual(await fields(file, 'ip.checksum_bad.expert or tcp.checksum_bad.expert', 'frame.number'), []);
    },
  );
}

withTshark('--pcap: a forged handshake stands there as it was on the wire (tshark)', async (t) => {
  const pcap = await folder(t);
  const id = 'tls/version-wrong-ssl-3';
  await runScenarios({ client: referenceClient(), patterns: [id], transport: 'starttls', via: 'ip', pcap });
  const name = (await readdir(pcap)).find((one) => one.startsWith('tls_'));
  const hello = await fields(join(pcap, name ?? ''), 'tls.handshake.type==2', 'tls.handshake.version');
  t.deepEqual(hello.flat(), ['0x0300']);
});

test('--pcap: direct TLS is recorded below TLS, from the first octet on', async (t) => {
  const pcap = await folder(t);
  await runScenarios({ client: referenceClient(), patterns: ['control/login'], transport: 'direct', via: 'ip', pcap });
  const [name = ''] = await readdir(pcap);
  const octets = await readFile(join(pcap, name));
  t.true(octets.includes('CLIENT_TRAFFIC_SECRET_0 '));
  t.true(octets.includes(Buffer.from([22, 3, 1])));
  t.false(octets.includes('<stream:stream'));
});

test('--pcap: a folder that cannot be made is bad input', async (t) => {
  const file = join(await folder(t), 'file');
  await writeFile(file, '');
  const options = { client: referenceClient(), patterns: ['control/login'], pcap: join(file, 'x') };
  await t.throwsAsync(runScenarios(options), {
    name: 'BadInput',
    message: /^The captures cannot be written to .*file\/x: /,
  });
});

test('--pcap: never with a real account', async (t) => {
  const upstream = {
    host: '127.0.0.1',
    port: 1,
    transport: 'starttls',
    account: 'a@b.test',
    password: 'secret',
  } as const;
  const options = {
    client: referenceClient(),
    patterns: ['control/login'],
    pcap: await folder(t),
    upstream: { ...upstream, ca: undefined },
  };
  await t.throwsAsync(runScenarios(options), { name: 'BadInput', message: /--pcap and --account exclude each other/ });
});

async function pair(t: ExecutionContext, recording: Recording): Promise<{ client: Socket; mallory: Socket }> {
  const server = createServer();
  t.teardown(() => server.close());
  const accepted = once(server, 'connection');
  server.once('connection', (socket) => recording.follow(socket).named(1, 'main'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const client = dial(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
  client.on('error', () => undefined);
  const [mallory] = (await accepted) as [Socket];
  return { client, mallory };
}

test('a recording: each octet once, in both directions, also where it was pushed back', async (t) => {
  const recording = createRecording();
  const { client, mallory } = await pair(t, recording);
  client.write('one');
  const [first] = await once(mallory, 'data');
  mallory.pause();
  mallory.unshift(first);
  mallory.write('two');
  mallory.cork();
  mallory.write('three');
  mallory.write('four');
  mallory.uncork();
  client.end('five');
  mallory.resume();
  mallory.end();
  await once(mallory, 'close');
  const events = recording.connections()[0]?.events ?? [];
  const said = (from: WireEvent['from']) =>
    events.filter((event) => event.from === from).map(({ what }) => (Buffer.isBuffer(what) ? what.toString() : what));
  t.is(said('client').join('|').replace('|five', 'five'), 'onefive|end');
  t.is(said('mallory').join(''), 'twothreefourend');
});

test('a recording: a reset is one, from whichever side', async (t) => {
  for (const side of ['client', 'mallory'] as const) {
    const recording = createRecording();
    const both = await pair(t, recording);
    both.mallory.on('error', () => undefined);
    both.mallory.resume();
    both[side].resetAndDestroy();
    if (!both.mallory.closed) await new Promise((resolve) => both.mallory.once('close', resolve));
    const ends = recording.connections()[0]?.events.filter(({ what }) => typeof what === 'string');
    t.like(ends, [{ from: side, what: 'reset' }]);
    t.is(ends?.length, 1);
  }
});

test('a recording is bounded, and says what it left out', async (t) => {
  const recording = createRecording();
  const { client, mallory } = await pair(t, recording);
  client.resume();
  for (let count = 0; count < 6; count++) mallory.write(Buffer.alloc(1_048_576));
  mallory.end();
  await once(client, 'end');
  client.destroy();
  if (!mallory.closed) await once(mallory, 'close');
  const events = recording.connections()[0]?.events ?? [];
  const kept = events.reduce((sum, { what }) => sum + (Buffer.isBuffer(what) ? what.length : 0), 0);
  const left = events.flatMap(({ what }) => (typeof what === 'object' && 'leftOut' in what ? [what.leftOut] : []));
  t.true(kept <= 4_194_304);
  t.is(kept + (left[0] ?? 0), 6_291_456);
  t.is(left.length, 1);
});
