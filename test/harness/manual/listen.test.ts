import { createServer } from 'node:net';
import test from 'ava';
import { checkListen, exposure, type Listen, LOOPBACK, parseListen, ports } from '../../../harness/manual/listen.ts';

const good: [text: string, listen: Omit<Listen, 'text'>][] = [
  ['127.0.0.1', { address: '127.0.0.1', port: null }],
  ['192.0.2.1:5222', { address: '192.0.2.1', port: 5222 }],
  ['::1', { address: '::1', port: null }],
  ['[::1]', { address: '::1', port: null }],
  ['[2001:db8::1]:5222', { address: '2001:db8::1', port: 5222 }],
];
for (const [text, listen] of good) test(`--listen ${text}`, (t) => t.deepEqual(parseListen(text), { ...listen, text }));

const bad: [text: string, sentence: RegExp][] = [
  ['', /is no address/],
  ['localhost:5222', /is no address: it takes 192\.0\.2\.1,/],
  ['192.0.2.1:0', /is no address/],
  ['192.0.2.1:65536', /is no address/],
  ['192.0.2.1:', /is no address/],
  ['0.0.0.0', /is every address, .* This machine has: .*127\.0\.0\.1/],
  ['[::]:5222', /is every address/],
];
for (const [text, message] of bad)
  test(`bad: --listen ${text}`, (t) => void t.throws(() => parseListen(text), { message }));

test('each step has the next port', (t) => {
  const [fixed, free] = [ports({ ...LOOPBACK, port: 7000 }), ports(LOOPBACK)];
  t.deepEqual([fixed(), fixed(), free(), free()], [7000, 7001, 0, 0]);
});

test('nobody is warned of loopback', (t) => {
  t.is(exposure(LOOPBACK), null);
  t.is(exposure({ ...LOOPBACK, address: '::1' }), null);
  t.regex(exposure({ ...LOOPBACK, address: '192.0.2.1' }) ?? '', /whoever can reach 192\.0\.2\.1/);
});

test('an address that is not ours, and a port that is taken, are told at once', async (t) => {
  await t.throwsAsync(checkListen({ ...LOOPBACK, address: '192.0.2.1' }), { message: /no address of this machine/ });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const port = typeof bound === 'object' && bound ? bound.port : 0;
  await t.throwsAsync(checkListen({ ...LOOPBACK, port }), { message: /another program has it/ });
  server.close();
});
