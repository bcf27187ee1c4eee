/** What a verdict needs besides findings: a control that worked, a client that can do it, a harness that did its part. */
import type { ScenarioFields } from '../../../harness/scenario/scenario.ts';
import { c, done, expired, failed, good, judged, shown, strip, stripped } from './judging.ts';
import { claim, end, exit, login } from './transcripts.ts';

const order: Partial<ScenarioFields> = {
  script: [{ on: 'features', in: 'tls', do: { mechanisms: ['PLAIN', 'SCRAM-SHA-1'] } }],
  needs: ['scram'],
  expect: { never: { 'used-plain': 'a-must' } },
};

const reordered = [
  ...login().slice(0, 9),
  c.acted(0, 'features', 'tls'),
  c.auth('tls', 'PLAIN'),
  c.bound(),
  c.closed(),
];

judged([
  // What is wrong only of a client that can do better.
  {
    title: 'a client that has shown SCRAM uses PLAIN',
    the: order,
    steps: [reordered, done],
    want: 'fail',
    codes: ['used-plain'],
  },
  {
    title: 'a client that knows nothing but PLAIN uses PLAIN',
    the: order,
    steps: [reordered, done],
    around: { control: failed },
    want: 'skip',
    codes: [],
  },
  {
    title: 'in clear it is wrong, whatever the client can do',
    the: { ...order, ...strip, needs: ['scram'] },
    steps: [stripped, c.auth('clear', 'PLAIN', true), done],
    around: { control: failed },
    want: 'fail',
    codes: ['password-in-clear', 'authenticated-in-clear'],
  },

  // Controls.
  {
    title: 'its base control failed',
    the: strip,
    steps: [stripped, c.closed(), done],
    want: 'inconclusive',
    reason: /base control failed: it failed/,
    around: { base: failed, control: failed },
  },
  {
    title: 'a finding needs no control',
    the: strip,
    steps: [stripped, c.auth('clear', 'SCRAM-SHA-1'), done],
    want: 'fail',
    around: { base: failed, control: failed },
  },
  {
    title: 'its own control failed',
    the: strip,
    steps: [stripped, c.closed(), done],
    want: 'skip',
    reason: /it failed/,
    around: { control: failed },
  },
  {
    title: 'it does not reconnect in its control',
    the: strip,
    steps: [stripped, c.closed(), done],
    want: 'skip',
    reason: /does not reconnect/,
    around: { control: { ...good, state: 'does-not-reconnect', reason: 'does not reconnect' } },
  },
  {
    title: 'it says that it is unsupported',
    the: strip,
    steps: [exit(77), end],
    want: 'skip',
    reason: /does not support/,
  },
  {
    title: 'it claims that it is unsupported, and then sends the password',
    the: strip,
    steps: [stripped, c.auth('clear', 'PLAIN', true), exit(77), end],
    want: 'fail',
  },
  {
    title: 'it sends XML to a direct TLS port',
    the: expired,
    steps: [c.connected(), c.bytes('xml-on-direct-tls'), c.closed('mallory'), done],
    want: 'skip',
    reason: /direct TLS port/,
    around: { transport: 'direct' },
  },
  {
    title: 'the scenario says nothing about it',
    the: expired,
    steps: [shown, c.closed(), done],
    want: 'skip',
    reason: /dialled/,
    around: { inapplicable: 'verifies the dialled address' },
  },

  // Claims, and the harness itself.
  {
    title: 'it claims to be online and never was',
    the: strip,
    steps: [stripped, c.closed(), claim('online'), exit(0), end],
    want: 'pass',
    codes: ['claimed-online'],
  },
  {
    title: 'the client was never started',
    the: strip,
    steps: [{ layer: 'process', type: 'not-started', message: 'There is no such program.' }, end],
    want: 'error',
    reason: /no such program/,
  },
]);
