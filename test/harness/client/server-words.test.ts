import test from 'ava';
import { policyOf } from '../../../harness/client/server.ts';
import { answersOf, readyOf } from '../../../harness/client/server-words.ts';

const S2S = { host: '127.0.0.1', port: 5269 };
const POLICY = { encryption: 'required', authentication: 'optional', dialback: true } as const;
const nothing = { s2s: null, version: null, policy: null };

const ready: [string, object | null][] = [
  ['{"ready":true}', nothing],
  [
    JSON.stringify({ ready: true, s2s: S2S, version: '1.2', policy: POLICY }),
    { s2s: S2S, version: '1.2', policy: POLICY },
  ],
  ['{"ready":false}', null],
  ['{"ready":"true"}', null],
  ['ready', null],
  ['[true]', null],
  // A dial-back stays on this machine.
  ['{"ready":true,"s2s":{"host":"192.0.2.1","port":5269}}', nothing],
  ['{"ready":true,"s2s":{"host":"127.0.0.1","port":"5269"}}', nothing],
  ['{"ready":true,"s2s":{"host":"127.0.0.1","port":70000}}', nothing],
  ['{"ready":true,"policy":{"encryption":"yes","authentication":"optional","dialback":true}}', nothing],
];

for (const [line, expected] of ready) test(`ready: ${line}`, (t) => t.deepEqual(readyOf(line), expected as never));

const answers: [string, object[]][] = [
  ['{"sent":1}', [{ type: 'done', key: 'sent 1' }]],
  ['{"reset":2}', [{ type: 'done', key: 'reset 2' }]],
  ['{"returned":{"id":3,"condition":"gone"}}', [{ type: 'returned', id: 3, condition: 'gone' }]],
  ['{"unsupported":{"id":4,"reason":"no"}}', [{ type: 'unsupported', key: 'sent 4', reason: 'no' }]],
  [
    '{"error":{"id":5,"message":"m"}}',
    [
      { type: 'error', key: 'sent 5', message: 'm' },
      { type: 'error', key: 'reset 5', message: 'm' },
    ],
  ],
  ['{"sent":"1"}', []],
  ['{"returned":7}', []],
  ['starting up...', []],
];

for (const [line, expected] of answers) test(`answer: ${line}`, (t) => t.deepEqual(answersOf(line), expected as never));

test('a policy is what its name says; of stock, and of unknown names, what the driver says', (t) => {
  const said = { ...nothing, policy: POLICY };
  t.is(policyOf('strict', said).dialback, false);
  t.deepEqual(policyOf('stock', said), POLICY);
  t.deepEqual(policyOf('house', said), POLICY);
  t.is(policyOf('stock', nothing).authentication, 'optional');
});
