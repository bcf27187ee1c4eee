/** Handshakes that are forged: what the client accepts of them, and what their control says. */
import type { ScenarioFields } from '../../../harness/scenario/scenario.ts';
import { c, done, failed, good, judged } from './judging.ts';

const forged: Partial<ScenarioFields> = {
  script: [{ on: 'tls-handshake', do: { forge: { suite: 0xc008 } } }],
  expect: { never: { 'accepted-forgery': 'a-should', 'accepted-unoffered': 'a-must' } },
};

const forging = [c.connected(), c.hello(), c.acted(0, 'tls-handshake')];

judged([
  { title: 'forged, refused', the: forged, steps: [forging, c.forged(), c.record('alert'), done], want: 'pass' },
  {
    title: 'forged, and accepted what was offered',
    the: forged,
    steps: [forging, c.forged(), c.record('client-key-exchange'), done],
    want: 'warn',
    codes: ['accepted-forgery'],
  },
  {
    title: 'forged, and accepted what was not offered',
    the: forged,
    steps: [forging, c.forged(false), c.record('client-key-exchange'), done],
    want: 'fail',
    codes: ['accepted-forgery', 'accepted-unoffered'],
  },
  {
    title: 'forged, and something else sent than accepts it',
    the: forged,
    steps: [forging, c.forged(false, 'finished'), c.record('change-cipher-spec'), c.closed(), done],
    want: 'pass',
  },
  {
    title: 'nothing forged: the client left before',
    the: forged,
    steps: [forging, c.closed(), done],
    want: 'inconclusive',
    reason: /left before/,
  },
  {
    title: 'nothing forged: not offered',
    the: forged,
    steps: [forging, c.failed('mallory', 'not-offered'), c.closed(), done],
    want: 'pass',
    reason: /^not-offered/,
    around: { control: { ...good, state: 'not-offered', reason: 'nor there' } },
  },
  {
    title: 'nothing forged: this machine cannot',
    the: forged,
    steps: [forging, c.failed('mallory', 'incapable'), c.closed(), done],
    want: 'inconclusive',
    reason: /cannot be forged here/,
  },
  {
    title: 'forged, refused, and so is the correct flight',
    the: forged,
    steps: [forging, c.forged(), c.record('alert'), done],
    want: 'skip',
    around: { control: failed },
  },
  {
    title: 'forged, refused, and the correct flight could not be forged',
    the: forged,
    steps: [forging, c.forged(), c.record('alert'), done],
    want: 'skip',
    around: { control: { ...good, state: 'not-offered', reason: 'it could not be forged' } },
  },
  {
    title: 'forged, accepted, whatever the control says',
    the: forged,
    steps: [forging, c.forged(false), c.record('client-key-exchange'), done],
    want: 'fail',
    around: { control: failed },
  },
]);
