/** Levels of broken rules, and what has to be seen. */
import { c, done, good, judged, old, requirements, strip, stripped } from './judging.ts';
import { end, exit, login } from './transcripts.ts';

/** TLS 1.0, for a client that does not offer it. */
const notOffered = [
  c.connected(),
  c.hello(),
  c.acted(0, 'tls-handshake'),
  c.failed('mallory', 'not-offered'),
  c.closed('mallory'),
];

judged([
  // Levels.
  {
    title: 'a should is a warning',
    the: { expect: { never: { 'jid-in-clear': 'a-should' } } },
    steps: [c.connected(), c.header('clear', 'client', { from: 'j@d' }), login().slice(2), done],
    want: 'warn',
    codes: ['jid-in-clear'],
  },
  {
    title: 'an info changes nothing',
    the: { expect: { never: { 'jid-in-clear': 'an-info' } } },
    steps: [c.connected(), c.header('clear', 'client', { from: 'j@d' }), login().slice(2), done],
    want: 'pass',
    codes: ['jid-in-clear'],
  },
  {
    title: 'what was not read is at most a warning',
    the: { expect: { never: { 'jid-in-clear': 'from-memory' } } },
    steps: [c.connected(), c.header('clear', 'client', { from: 'j@d' }), login().slice(2), done],
    want: 'warn',
  },
  {
    title: 'but what is never right stays a must',
    the: { ...strip, expect: { never: { 'authenticated-in-clear': 'from-memory' } } },
    steps: [stripped, c.auth('clear', 'SCRAM-SHA-1'), done],
    want: 'fail',
  },
  {
    title: 'a level by policy: rfc9525',
    the: { expect: { never: { 'jid-in-clear': 'by-policy' } } },
    steps: [c.connected(), c.header('clear', 'client', { from: 'j@d' }), login().slice(2), done],
    want: 'fail',
  },
  {
    title: 'a level by policy: rfc6125',
    the: { expect: { never: { 'jid-in-clear': 'by-policy' } } },
    steps: [c.connected(), c.header('clear', 'client', { from: 'j@d' }), login().slice(2), done],
    want: 'pass',
    around: { rules: { requirements, policy: 'rfc6125' } },
  },

  // What has to be seen.
  {
    title: 'a good server is refused',
    the: { ...strip, expect: { see: { online: 'a-must' } } },
    steps: [stripped, c.closed(), done],
    want: 'fail',
    codes: ['missing-online'],
  },
  {
    title: 'any of a list will do',
    the: { ...strip, expect: { see: { '[online, closed-by-client]': 'a-must' } } },
    steps: [stripped, c.closed(), done],
    want: 'pass',
  },
  {
    title: 'a wanted thing that the client does not offer is missing',
    the: { ...old, expect: { see: { online: 'a-should' } } },
    steps: [notOffered, done],
    want: 'warn',
    codes: ['missing-online'],
  },
  {
    title: 'a wanted thing in a version that the client does not offer, as its control has shown, is not missing',
    the: { ...old, expect: { see: { online: 'a-must' } } },
    steps: [notOffered, done],
    want: 'skip',
    reason: /does not offer/,
    around: { control: { ...good, state: 'not-offered', reason: 'the client does not offer TLSv1.3' } },
  },
  {
    title: 'it crashes over what it gets: no rule is broken, and the pass says so',
    the: strip,
    steps: [stripped, c.closed(), exit(null, 'SIGSEGV'), end],
    want: 'pass',
    reason: /^crashed \(SIGSEGV\)$/,
  },
]);
