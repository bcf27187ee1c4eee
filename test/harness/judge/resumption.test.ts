import test from 'ava';
import { RESUMPTION } from '../../../harness/judge/resumption.ts';
import { viewOf } from '../../../harness/judge/view.ts';
import type { ClientHello, Happening, Observation } from '../../../src/transcript.ts';
import { end, login, on, type Step, transcript } from './transcripts.ts';

type Handshake = Observation & { layer: 'tls'; type: 'handshake' };

/** A login in which the session begins, and a ClientHello that offers it. */
function offer(
  began: Partial<Handshake>,
  first: Partial<ClientHello>,
  then: Partial<ClientHello>,
  session = 1,
): Step[] {
  const steps = [...login(1), on(2).connected(), on(2).hello()] as Happening[];
  return steps.map((step) => {
    if (step.type === 'handshake') return { ...step, ...began } as Happening;
    if (step.type !== 'client-hello') return step;
    const again = step.connection === 2;
    return { ...step, hello: { ...step.hello, ...(again ? then : first) }, ...(again && { offersSession: session }) };
  });
}

const name = { serverName: 'im.xmpp.test' };
const rows: [string, Step[], string[]][] = [
  ['the session of a good peer, under the same name', offer({}, name, name), []],
  ['of a peer that it must not trust', offer({ peer: 'untrusted' }, name, name), ['offered-rejected-session']],
  ['under another name', offer({}, name, { serverName: 'b.test' }), ['offered-session-to-other-name']],
  ['under no name', offer({}, name, {}), ['offered-session-to-other-name']],
  ['never with a name', offer({}, {}, {}), []],
  [
    'without extended master secret',
    offer({ extendedMasterSecret: false }, name, name),
    ['offered-session-without-ems'],
  ],
  [
    'the same from a client that does not know it',
    offer({ extendedMasterSecret: false }, name, { ...name, extendedMasterSecret: false }),
    [],
  ],
  ['one that is not known', offer({ peer: 'untrusted' }, name, {}, 0), []],
  ['with early data', offer({}, name, { ...name, earlyData: true }), ['offered-early-data']],
];

for (const [title, steps, want] of rows) {
  test(`it offers a session: ${title}`, (t) => {
    const view = viewOf(transcript(steps, [end]));
    const found = Object.entries(RESUMPTION).flatMap(([code, rule]) => (rule.find(view).length > 0 ? [code] : []));
    t.deepEqual(found, want);
  });
}
