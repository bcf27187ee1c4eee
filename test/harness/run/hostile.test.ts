/** Clients that misbehave: each gets a sentence and a verdict, and the run goes on to its end. */
import { connect, type Socket } from 'node:net';
import test from 'ava';
import { type Connect, commandClient, type Endpoint, loadScenarios, runScenarios } from '../../../harness/index.ts';

const catalogue = await loadScenarios();
const PATTERNS = ['control/login', 'certificate/expired', 'stripping/starttls-removed-scram'];

const header = ({ domain }: Endpoint) =>
  `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='${domain}' version='1.0'>`;

function dial({ host, port }: Endpoint, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
    socket.on('error', reject);
    socket.once('connect', () => resolve(socket));
  });
}

const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));

/** Writes for as long as somebody reads. */
async function flood(socket: Socket, text: string): Promise<void> {
  while (!socket.destroyed && socket.writable) {
    await new Promise<void>((resolve) => socket.write(text, () => resolve()));
  }
}

/** Asks for TLS over STARTTLS, and then writes these octets in the place of a ClientHello, some at a time. */
const insteadOfHello =
  (octets: Buffer, size = octets.length): Connect =>
  async (endpoint, signal) => {
    const socket = await dial(endpoint, signal);
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      if (!heard.includes('<proceed')) return;
      socket.removeAllListeners('data').resume();
      for (let at = 0; at < octets.length; at += size) socket.write(octets.subarray(at, at + size));
    });
    socket.write(`${header(endpoint)}<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`);
    await closed(socket);
    throw new Error('nobody listens');
  };

/** A record with one octet of a hello of 60,000: with 10,000 more of them it never becomes one. */
const CRUMBS = Buffer.concat([
  Buffer.from([22, 3, 1, 0, 4, 1, 0, 0xea, 0x60]),
  ...Array.from({ length: 12_000 }, () => Buffer.from([22, 3, 1, 0, 1, 0])),
]);

/** A record of 16 KiB that begins a ClientHello of 16 MiB. */
const GIANT = Buffer.concat([Buffer.from([22, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff]), Buffer.alloc(0x4000 - 4)]);

const clients: { title: string; connect: Connect; diagnosis: RegExp }[] = [
  {
    title: 'never connects',
    connect: (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('told to stop')))),
    diagnosis: /never connected to XMPP_HOST:XMPP_PORT; it was ended after 1 s/,
  },
  {
    title: 'speaks HTTP',
    async connect(endpoint, signal) {
      const socket = await dial(endpoint, signal);
      socket.end('GET / HTTP/1.1\r\nHost: x\r\n\r\n').resume();
      await closed(socket);
      throw new Error('no page');
    },
    diagnosis: /sent what is no XML stream \(.*HTTP.*\)/,
  },
  {
    title: 'sends endless XML',
    async connect(endpoint, signal) {
      const socket = await dial(endpoint, signal);
      socket.resume().write(header(endpoint));
      await flood(socket, '<a>'.repeat(1_000));
      throw new Error('nobody listens');
    },
    diagnosis: /no XML stream \(.*(deep|depth|nest).*\)/i,
  },
  {
    title: 'sends one endless element',
    async connect(endpoint, signal) {
      const socket = await dial(endpoint, signal);
      socket.resume().write(`${header(endpoint)}<message><body>`);
      await flood(socket, 'x'.repeat(10_000));
      throw new Error('nobody listens');
    },
    diagnosis: /no XML stream \(.*(octets|long|large|size).*\)/i,
  },
  {
    title: 'sends a giant ClientHello',
    connect: insteadOfHello(GIANT),
    diagnosis: /ClientHello is longer than 64 KiB/,
  },
  {
    title: 'sends a ClientHello in crumbs that never ends',
    connect: insteadOfHello(CRUMBS, 500),
    diagnosis: /ClientHello is longer than 64 KiB/,
  },
  {
    title: 'sends a ClientHello whose lengths do not fit',
    connect: insteadOfHello(Buffer.from('160301002f0100002b0303'.padEnd(104, 'f'), 'hex')),
    diagnosis: /no ClientHello \(malformed\)/,
  },
  {
    title: 'sends a ClientHello of SSL 2.0',
    connect: insteadOfHello(Buffer.from(`801f0103010006000000100000350000ff${'07'.repeat(16)}`, 'hex')),
    diagnosis: /no ClientHello \(sslv2-hello\)/,
  },
  {
    title: 'sends garbage for a ClientHello',
    connect: insteadOfHello(Buffer.from('16ff00ffdeadbeef', 'hex')),
    diagnosis: /no ClientHello \(other\)/,
  },
  {
    title: 'opens hundreds of connections',
    async connect(endpoint, signal) {
      const sockets = await Promise.all(Array.from({ length: 300 }, () => dial(endpoint, signal)));
      await Promise.all(sockets.slice(100).map(closed));
      for (const socket of sockets) socket.destroy();
      throw new Error('refused');
    },
    diagnosis: /opened more than 32 connections at a time/,
  },
];

for (const { title, connect: client, diagnosis } of clients) {
  test(title, async (t) => {
    const { results, exitStatus } = await runScenarios({
      client,
      catalogue,
      patterns: PATTERNS,
      transport: 'starttls',
      via: 'ip',
      jobs: 4,
      timeoutMs: 1_000,
    });
    t.deepEqual(
      results.map(({ verdict }) => verdict),
      ['inconclusive', 'inconclusive', 'inconclusive'],
    );
    t.regex(results[0]?.reason ?? '', diagnosis);
    t.is(exitStatus, 2);
  });
}

test('a program that does not exist is an error, said once and clearly', async (t) => {
  const client = commandClient({ command: ['./no-such-client'], rerun: [] });
  const { results, exitStatus } = await runScenarios({
    client,
    catalogue,
    patterns: PATTERNS,
    transport: 'starttls',
    via: 'ip',
  });
  t.true(results.every(({ verdict, reason }) => verdict === 'error' && /no-such-client/.test(reason ?? '')));
  t.is(exitStatus, 2);
});

test('a run that is ended reports what it has', async (t) => {
  const controller = new AbortController();
  const { results, selected } = await runScenarios({
    client: (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('told to stop')))),
    catalogue,
    patterns: PATTERNS,
    signal: controller.signal,
    onProgress: ({ type }) => {
      if (type === 'planned') setImmediate(() => controller.abort());
    },
  });
  t.is(selected, 5);
  t.deepEqual(results, []);
});

test('every sentence about a client is one line', async (t) => {
  const client: Connect = async (endpoint, signal) => {
    const socket = await dial(endpoint, signal);
    socket.end('\u001b[2J\r\n<\u0000>').resume();
    await closed(socket);
    throw new Error('line\nbreak');
  };
  const { results } = await runScenarios({
    client,
    catalogue,
    patterns: ['control/login'],
    transport: 'starttls',
    via: 'ip',
    timeoutMs: 1_000,
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there.
  t.notRegex(results[0]?.reason ?? '', /[\u0000-\u001f]/);
});
