/** What counts as which observation of SASL: a table of what the client said. */
import test from 'ava';
import { SASL_OBSERVATIONS } from '../../../harness/judge/sasl-observations.ts';
import { viewOf } from '../../../harness/judge/view.ts';
import type { Happening } from '../../../src/transcript.ts';
import { NS } from '../../../src/xmpp/namespaces.ts';
import { limit, on, type Step, transcript } from './transcripts.ts';

const c = on(1);
const d = on(2);

function said(name: string, text = '', mechanism?: string, connection = 1): Happening {
  const xml = `<${name} xmlns='${NS.sasl}'>${Buffer.from(text).toString('base64')}</${name}>`;
  const credential = 'sasl' as const;
  const ns = NS.sasl;
  return {
    layer: 'xmpp',
    type: 'element',
    connection,
    phase: 'tls',
    from: 'client',
    name,
    ns,
    xml,
    credential,
    ...(mechanism && { mechanism }),
  };
}
const first = (gs2: string, nonce = 'abc', mechanism = 'SCRAM-SHA-1', connection = 1) =>
  said('auth', `${gs2},n=user,r=${nonce}`, mechanism, connection);
const final = said('response', 'c=biws,r=abcxyz,p=cHJvb2Y=');
const acted = (point: string) => c.acted(0, point, 'tls');

const rows: [title: string, name: string, steps: Step[], seen: number[]][] = [
  ['a proof after a changed challenge', 'answered-false-challenge', [first('n,'), acted('challenge'), final], [3]],
  ['a proof that was on its way', 'answered-false-challenge', [first('n,'), final, acted('challenge')], []],
  ['an abort', 'answered-false-challenge', [acted('challenge'), said('abort')], []],
  ['an empty response', 'answered-false-challenge', [acted('challenge'), said('response')], []],
  ['a proof on another connection', 'answered-false-challenge', [d.acted(0, 'challenge', 'tls'), final], []],
  ['a new stream after success', 'went-on-after-false-success', [acted('success'), c.header('authenticated')], [2]],
  ['a stanza after success', 'went-on-after-false-success', [acted('success'), c.iq('authenticated', 'set', '1')], [2]],
  ["the server's header", 'went-on-after-false-success', [acted('success'), c.header('tls', 'mallory')], []],
  ['a new try after success', 'went-on-after-false-success', [acted('success'), first('n,')], []],
  ['a new connection after success', 'went-on-after-false-success', [acted('success'), d.header('tls')], []],
  ['an end before the limit', 'gave-up', [c.closed(), limit()], [1]],
  ['an end after the limit', 'gave-up', [limit(), c.closed()], []],
  ['PLAIN in TLS', 'used-plain', [c.auth('tls', 'PLAIN')], [1]],
  ['PLAIN in clear is another finding', 'used-plain', [c.auth('clear', 'PLAIN')], []],
  ['PLAIN after SCRAM', 'plain-after-scram', [c.auth('tls', 'SCRAM-SHA-1'), d.auth('tls', 'PLAIN')], [2]],
  ['PLAIN alone', 'plain-after-scram', [c.auth('tls', 'PLAIN'), d.auth('tls', 'SCRAM-SHA-1')], []],
  [
    'jabber:iq:auth after SASL',
    'iq-auth-after-sasl',
    [c.auth('tls', 'PLAIN'), c.iq('tls', 'set', '1', 'iq-auth')],
    [2],
  ],
  [
    'without binding after binding',
    'unbound-after-bound',
    [c.auth('tls', 'SCRAM-SHA-1-PLUS'), c.auth('tls', 'SCRAM-SHA-1')],
    [2],
  ],
  [
    'binding twice',
    'unbound-after-bound',
    [c.auth('tls', 'SCRAM-SHA-256-PLUS'), c.auth('tls', 'SCRAM-SHA-1-PLUS')],
    [],
  ],
  ['the flag n', 'denied-channel-binding', [first('n,')], [1]],
  [
    'the flag n in a first response',
    'denied-channel-binding',
    [said('auth', '', 'SCRAM-SHA-1'), said('response', 'n,,n=u,r=x')],
    [2],
  ],
  ['the flag y', 'denied-channel-binding', [first('y,')], []],
  ['the flag p', 'denied-channel-binding', [first('p=tls-exporter,')], []],
  ['tls-unique in TLS 1.3', 'bound-to-nothing', [c.handshake(), first('p=tls-unique,')], [2]],
  ['tls-exporter in TLS 1.3', 'bound-to-nothing', [c.handshake(), first('p=tls-exporter,')], []],
  ['a nonce again', 'reused-nonce', [first('n,'), first('n,', 'abc', 'SCRAM-SHA-1', 2)], [2]],
  ['another nonce', 'reused-nonce', [first('n,'), first('n,', 'abd', 'SCRAM-SHA-1', 2)], []],
  ['a token instead', 'used-other-credential', [c.auth('tls', 'X-OAUTH2')], [1]],
  ['a password', 'used-other-credential', [c.auth('tls', 'DIGEST-MD5')], []],
];

for (const [title, name, steps, seen] of rows) {
  test(`${name}: ${title}`, (t) => {
    t.deepEqual(
      SASL_OBSERVATIONS[name]?.find(viewOf(transcript(...steps)), { canary: 'canary', domain: 'im.example.test' }),
      seen,
    );
  });
}
