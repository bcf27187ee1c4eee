/** What a client says first inside TLS: a new stream, the old one, or its end. */
import test from 'ava';
import { STREAM_OBSERVATIONS } from '../../../harness/judge/stream-observations.ts';
import { viewOf } from '../../../harness/judge/view.ts';
import type { Happening } from '../../../src/transcript.ts';
import { login, on, toHello, transcript } from './transcripts.ts';

const c = on(1);
const inTls = [...toHello(), c.handshake()];
/** As there is no stream yet inside TLS, it is no XML of one. */
const unread = (text: string): Happening => ({
  ...({ layer: 'xmpp', type: 'malformed', connection: 1, phase: 'tls', from: 'client' } as const),
  ...{ reason: 'it makes no sense here', text },
});

const rows: [says: string, steps: Parameters<typeof transcript>, old: boolean][] = [
  ['a new stream', [login()], false],
  ['a login on the old stream', [inTls, unread("<auth mechanism='PLAIN'>AA==</auth>"), c.closed()], true],
  ['the end of the old stream, and nothing else', [inTls, unread('</stream:stream>\n'), c.closed()], false],
  ['nothing', [inTls, c.closed()], false],
];

for (const [says, steps, old] of rows) {
  test(`first inside TLS: ${says}`, (t) => {
    const about = { canary: 'canary', domain: 'im.example.test' };
    const found = STREAM_OBSERVATIONS['continued-old-stream']?.find(viewOf(transcript(...steps)), about) ?? [];
    t.is(found.length > 0, old);
  });
}
