import test from 'ava';
import { observationLine } from '../../../harness/report/observation-line.ts';
import type { Happening } from '../../../src/transcript.ts';

const tcp = { layer: 'tcp', connection: 1 } as const;
const tls = { layer: 'tls', connection: 1 } as const;
const xmpp = { layer: 'xmpp', connection: 1, phase: 'clear' } as const;
const dns = { layer: 'dns', name: 'x.test' } as const;
const auth = { type: 'element', from: 'client', name: 'auth', ns: 'x', xml: '<auth>AGE=</auth>' } as const;

const table: [happening: Happening, line: string][] = [
  [
    { ...tcp, type: 'connected', endpoint: 'main', transport: 'starttls', direction: 'in', remote: 'x' },
    'client connects to main',
  ],
  [
    {
      ...tcp,
      connection: 2,
      type: 'bytes',
      from: 'client',
      phase: 'clear',
      why: 'after-starttls',
      length: 1,
      text: '\n',
    },
    'connection 2: client -> "\\n"  (1 bytes in clear: behind starttls, before TLS)',
  ],
  [
    { ...tcp, type: 'written', from: 'mallory', phase: 'clear', length: 4, text: '<a/>' },
    'mallory -> <a/>  (in clear)',
  ],
  [{ ...tcp, type: 'closed', from: 'client', how: 'reset' }, 'client resets the connection'],
  [
    { ...tls, type: 'flight', from: 'mallory', credential: 'expired', peer: 'untrusted', bytes: 9 },
    'mallory -> certificate "expired"  (untrusted peer)',
  ],
  [
    { ...tls, type: 'failed', from: 'client', how: 'alert', code: 'X', message: 'bad certificate' },
    'client ends the TLS handshake: bad certificate',
  ],
  [{ ...xmpp, ...auth }, 'client -> <auth>AGE=</auth>  (in clear)'],
  [
    { ...xmpp, ...auth, phase: 'tls', secrets: [{ secret: 'password', form: 'sasl' }] },
    'client -> <auth>AGE=</auth>  (inside TLS, with the password in it)',
  ],
  [
    { ...xmpp, type: 'malformed', from: 'client', reason: 'no XML', text: '\u0016\u0003' },
    'client -> "\\u0016\\u0003", which is no XML of a stream: no XML  (in clear)',
  ],
  [
    {
      layer: 'script',
      connection: 1,
      type: 'action',
      index: 0,
      action: 'remove',
      point: 'features',
      phase: 'authenticated',
    },
    'mallory: remove on features  (inside TLS, after the login)',
  ],
  [{ ...dns, type: 'query', from: 'client', over: 'udp', wanted: 'SRV' }, 'client asks DNS: x.test SRV?'],
  [
    { ...dns, type: 'answer', from: 'mallory', wanted: 'A', code: 'NOERROR', records: ['x.test A 127.0.0.1'] },
    'DNS -> x.test A 127.0.0.1',
  ],
  [
    { ...dns, type: 'answer', from: 'mallory', wanted: 'A', code: 'NOERROR', records: [], truncated: true },
    'DNS -> truncated',
  ],
  [{ ...dns, type: 'answer', from: 'mallory', wanted: 'A', code: 'NXDOMAIN', records: [] }, 'DNS -> NXDOMAIN'],
  [{ ...dns, type: 'unanswered', from: 'mallory', wanted: 'A' }, 'DNS does not answer: x.test A'],
  [
    { layer: 'dns', type: 'unreadable', from: 'client', over: 'tcp', length: 12, reason: 'it has 0 questions' },
    'client -> 12 octets to DNS, which are no query: it has 0 questions',
  ],
  [{ layer: 'process', type: 'exit', code: 3, signal: null, ours: false }, 'the client ends with status 3'],
  [
    { layer: 'process', type: 'exit', code: null, signal: 'SIGTERM', ours: true },
    'the client ends with SIGTERM, as it was told to',
  ],
  [{ layer: 'process', type: 'claim', claim: { result: 'online' } }, 'the client says: {"result":"online"}'],
  [{ layer: 'run', type: 'limit', limit: 'idle', afterMs: 2000 }, 'the wait ends after 2000 ms (idle)'],
];
for (const [happening, line] of table) test(line, (t) => t.is(observationLine({ n: 1, t: 0, ...happening }), line));

test('long XML is cut', (t) => {
  const line = observationLine({ n: 1, t: 0, ...xmpp, ...auth, xml: 'x'.repeat(10_000) });
  t.true(line.length < 300);
  t.regex(line, /more\)/);
});
