/** Servers that are down, mute, strange or not who they should be. */
import { once } from 'node:events';
import { connect } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { openUpstream } from '../../../src/entity/upstream.ts';
import type { UpstreamServer } from '../../../src/entity/upstream-tls.ts';
import { NS } from '../../../src/xmpp/namespaces.ts';
import { referenceClient } from '../../reference-client/client.ts';
import { bound, DOMAIN, elements, failures, meet, nobody, startOdd, startServer } from './relay.ts';

const client = referenceClient({ patience: 8_000 });

const HEADER = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='${DOMAIN}' id='x' version='1.0'>`;
const STARTTLS = `<stream:features><starttls xmlns='${NS.tls}'/></stream:features>`;
const PROCEED = `<proceed xmlns='${NS.tls}'/>`;

/** Answers each chunk of the relay with the next text. */
const answering = (t: ExecutionContext, ...texts: string[]) =>
  startOdd(t, (socket) => {
    const left = [...texts];
    socket.on('data', () => socket.write(left.shift() ?? ''));
  });

const odd: [what: string, start: (t: ExecutionContext) => Promise<UpstreamServer>, why: RegExp][] = [
  ['that hangs up', (t) => startOdd(t, (socket) => socket.end()), /ends the connection before it has offered anything/],
  ['that resets', (t) => startOdd(t, (socket) => socket.resetAndDestroy()), /ECONNRESET/],
  ['that is mute', (t) => startOdd(t, (socket) => socket.resume()), /does not answer within 5 s/],
  [
    'that is none of XMPP',
    (t) => startOdd(t, (socket) => socket.write('220 ready\r\n')),
    /no XML of a stream: text instead/,
  ],
  ['without STARTTLS', (t) => answering(t, `${HEADER}<stream:features/>`), /offers no STARTTLS/],
  ['that fails STARTTLS', (t) => answering(t, HEADER + STARTTLS, `<failure xmlns='${NS.tls}'/>`), /refuses STARTTLS/],
  ['with words behind proceed', (t) => answering(t, HEADER + STARTTLS, `${PROCEED}<x/>`), /More than <proceed\/>/],
  ['that speaks no TLS', (t) => answering(t, HEADER + STARTTLS, PROCEED, 'no TLS'), /is broken: .*ERR_SSL/],
  [
    'for another domain',
    (t) => answering(t, `${HEADER}<stream:error><host-unknown xmlns='${NS.streamErrors}'/></stream:error>`),
    /refuses a stream to .*: host-unknown/,
  ],
  [
    'that floods',
    (t) => startOdd(t, (socket) => socket.write(`${HEADER}<x>${'x'.repeat(2_000_000)}`)),
    /an element of more than 1048576 octets/,
  ],
];

for (const [what, start, why] of odd) {
  test(`a server ${what}`, async (t) => {
    const upstream = await start(t);
    const met = await meet(client, { upstream });
    t.regex(failures(met).join(), why);
    t.truthy(met.error);
    const [error] = elements(met, 'mallory').slice(-1);
    t.regex(error?.xml ?? '', /<stream:error><remote-connection-failed/);
  });
}

test('a server that is down', async (t) => {
  const met = await meet(client, { upstream: nobody });
  t.regex(failures(met).join(), /127\.0\.0\.1:\d+ cannot be reached \(connect ECONNREFUSED/);
  t.is(failures(met).length, 1);
});

test('a host that there is not', async (t) => {
  const upstream: UpstreamServer = { host: 'nowhere.invalid', port: 5222, transport: 'starttls' };
  const met = await meet(client, { upstream });
  t.regex(failures(met).join(), /nowhere\.invalid:5222 cannot be reached/);
});

const bad: [credential: string, why: RegExp][] = [
  ['wrong-name', /is not for relay\.xmpp\.test/],
  ['expired', /is not good: certificate has expired/],
  ['self-signed', /is not good: self-signed certificate/],
  ['unknown-ca', /is not good: /],
];

for (const transport of ['starttls', 'direct'] as const) {
  for (const [credential, why] of bad) {
    test(`a server whose certificate is ${credential}, by ${transport}`, async (t) => {
      const upstream = await startServer(t, {}, { transport, credential });
      const met = await meet(client, { upstream });
      t.regex(failures(met).join(), why);
      t.false(elements(upstream.transcript, 'client').some(({ credential: kind }) => kind !== undefined));
    });
  }
}

test('a server with a good certificate of a CA that is not ours', async (t) => {
  const { ca: _, ...upstream } = await startServer(t);
  t.regex(failures(await meet(client, { upstream })).join(), /is not good/);
});

test('what a deceived client gives away is seen although the server is down', async (t) => {
  const script = [{ on: 'features', in: 'clear', do: { remove: 'starttls' } }] as const;
  const offers = { mechanisms: { clear: ['PLAIN'], tls: [] } };
  const met = await meet(referenceClient({ faults: ['continues-in-clear'], patience: 5_000 }), {
    upstream: nobody,
    offers,
    script: [...script],
  });
  t.true(elements(met, 'client').some(({ credential }) => credential === 'sasl'));
  t.is(failures(met).length, 1);
});

test('a server that closes in the middle closes the client', async (t) => {
  const upstream = await startServer(t, {}, { script: [{ on: 'challenge', do: { close: 'instead' } }] });
  const met = await meet(client, { upstream });
  t.truthy(met.error);
  t.deepEqual(failures(met), []);
  t.deepEqual(bound(met), []);
});

test("a server's stream error is passed on", async (t) => {
  const xml = "<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
  const upstream = await startServer(
    t,
    {},
    {
      script: [
        { on: 'challenge', do: { replace: xml } },
        { on: 'challenge', do: { close: 'after' } },
      ],
    },
  );
  const met = await meet(client, { upstream });
  t.true(elements(met, 'mallory').some((o) => o.xml.includes('policy-violation')));
});

test('a client that does not wait is not waited for', async (t) => {
  const upstream = await startOdd(t, (socket) => socket.resume());
  const flood = async ({ host, port }: { host: string; port: number }) => {
    const socket = connect({ host, port });
    socket.on('error', () => undefined);
    socket.write(`${HEADER}${"<message to='a@b'><body>x</body></message>".repeat(100)}`);
    socket.resume();
    await once(socket, 'close');
  };
  const met = await meet(flood, { upstream });
  t.deepEqual(failures(met), ['The client did not wait for the server.']);
});

test('closing while it connects is quiet', async (t) => {
  const server = await startServer(t);
  const said: (string | null)[] = [];
  const stream = openUpstream(server, DOMAIN, {
    features: () => t.fail(),
    element: () => t.fail(),
    ended: (why) => said.push(why),
  });
  stream.close();
  stream.close();
  stream.restart();
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.deepEqual(said, []);
});
