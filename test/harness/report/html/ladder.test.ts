/** The ladder: who says what to whom, what protects it, and what Mallory changed. */
import test from 'ava';
import { ladderOf, type Step } from '../../../../harness/report/html/ladder.ts';
import type { Observation } from '../../../../src/transcript.ts';
import { ACTIVE, HOSTILE } from '../fixtures.ts';

let n = 0;
const seen = (happening: object): Observation => ({ n: ++n, t: n, connection: 1, ...happening }) as Observation;

const element = (from: 'client' | 'mallory', xml: string, phase = 'clear', more: object = {}) =>
  seen({ layer: 'xmpp', type: 'element', phase, from, name: 'x', ns: '', xml, ...more });
const action = (name: string) =>
  seen({ layer: 'script', type: 'action', index: 0, action: name, point: 'features', phase: 'clear' });
const connected = (more: object = {}) =>
  seen({
    layer: 'tcp',
    type: 'connected',
    endpoint: 'main',
    transport: 'starttls',
    direction: 'in',
    remote: 'r',
    ...more,
  });

/** `client>mallory clear TAMPERED text`, or `at mallory TAMPERED text`. */
const inWords = (step: Step) =>
  [
    step.kind === 'note' ? `at ${step.at}` : `${step.from}>${step.to} ${step.protection}`,
    step.tampered ? 'TAMPERED' : '',
    step.text,
  ]
    .filter(Boolean)
    .join(' ');

const table: [what: string, transcript: Observation[], steps: string[]][] = [
  [
    'elements, in clear and inside TLS',
    [element('client', '<a/>'), element('mallory', '<b/>', 'tls'), element('client', '<c/>', 'authenticated')],
    ['client>mallory clear <a/>', 'mallory>client tls <b/>', 'client>mallory tls <c/>'],
  ],
  [
    'an action marks the write before it',
    [element('mallory', '<features/>'), action('remove'), element('mallory', '<more/>')],
    [
      'mallory>client clear TAMPERED <features/>',
      'at mallory TAMPERED remove on features',
      'mallory>client clear <more/>',
    ],
  ],
  [
    'an action that wrote nothing marks nothing that was said before',
    [element('mallory', '<features/>'), element('client', '<starttls/>'), action('stall')],
    ['mallory>client clear <features/>', 'client>mallory clear <starttls/>', 'at mallory TAMPERED stall on features'],
  ],
  [
    'nor a write on another connection',
    [element('mallory', '<features/>'), { ...action('close'), connection: 2 } as Observation],
    ['mallory>client clear <features/>', 'at mallory TAMPERED close on features'],
  ],
  [
    'a bad certificate, raw bytes and a forged flight are tampering in themselves',
    [
      seen({ layer: 'tls', type: 'flight', from: 'mallory', credential: 'wrong-name', peer: 'untrusted', bytes: 9 }),
      seen({ layer: 'tls', type: 'flight', from: 'mallory', credential: 'valid', peer: 'honest', bytes: 9 }),
      seen({ layer: 'tcp', type: 'written', from: 'mallory', phase: 'clear', length: 3, text: 'GET' }),
      seen({ layer: 'tls', type: 'rewritten', from: 'mallory' }),
    ],
    [
      'mallory>client handshake TAMPERED certificate "wrong-name"  (untrusted peer)',
      'mallory>client handshake certificate "valid"  (honest peer)',
      'mallory>client clear TAMPERED GET',
      'mallory>client handshake TAMPERED the changed handshake',
    ],
  ],
  [
    'how a handshake ends',
    [
      seen({ layer: 'tls', type: 'failed', from: 'client', how: 'alert', code: 'x', message: 'unknown CA' }),
      seen({ layer: 'tcp', type: 'closed', from: 'client', how: 'reset' }),
    ],
    ['client>mallory handshake ends the TLS handshake: unknown CA', 'at client client resets the connection'],
  ],
  [
    'a real server has a lane',
    [connected(), connected({ direction: 'out' }), seen({ layer: 'tcp', type: 'upstream-failed', why: 'gone' })],
    ['at client client connects to main', 'at server mallory connects to r', 'at server the real server failed: gone'],
  ],
];
for (const [what, transcript, steps] of table)
  test(`ladder: ${what}`, (t) => t.deepEqual(ladderOf(transcript).steps.map(inWords), steps));

test('ladder: a lane for the server only where there is one', (t) => {
  t.false(ladderOf([connected()]).server);
  t.true(ladderOf([connected({ direction: 'out' })]).server);
});

test('ladder: found secrets are named, each once', (t) => {
  const secrets = [
    { secret: 'password', form: 'raw' },
    { secret: 'password', form: 'base64' },
  ];
  const [step] = ladderOf([element('client', '<auth/>', 'clear', { secrets })]).steps;
  t.deepEqual(step?.kind === 'message' && step.secrets, ['password']);
});

test('ladder: nothing of a client is more than visible text', (t) => {
  const hostile = [
    element('client', HOSTILE),
    seen({ layer: 'tcp', type: 'bytes', from: 'client', phase: 'clear', why: 'unread', length: 1, text: HOSTILE }),
    seen({ layer: 'process', type: 'claim', claim: { reason: HOSTILE } }),
    seen({ layer: 'xmpp', type: 'malformed', phase: 'clear', from: 'client', reason: HOSTILE, text: HOSTILE }),
  ];
  for (const { text } of ladderOf(hostile).steps) t.notRegex(text, ACTIVE);
});
