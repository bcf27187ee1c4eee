/** What acceptance is (design, section 2.4): credentials, and never a handshake or a stream header alone. */
import { c, done, expired, judged, old, shown, strip, stripped } from './judging.ts';
import { end, exit, login, type Step, toHello } from './transcripts.ts';

const spokeOld = [...toHello(), c.acted(0, 'tls-handshake'), c.handshake('weak')];

const dropped: Step = { layer: 'run', type: 'dropped', observations: 7 };

judged([
  { title: 'stripped, closes', the: strip, steps: [stripped, c.closed(), done], want: 'pass', codes: [] },
  {
    title: 'stripped, asks all the same and logs in inside TLS',
    the: strip,
    steps: [stripped, login().slice(3), done],
    want: 'pass',
    codes: [],
  },
  {
    title: 'stripped, sends SCRAM',
    the: strip,
    steps: [stripped, c.auth('clear', 'SCRAM-SHA-1'), c.closed(), done],
    want: 'fail',
    codes: ['authenticated-in-clear'],
  },
  {
    title: 'stripped, sends PLAIN',
    the: strip,
    steps: [stripped, c.auth('clear', 'PLAIN', true), c.closed(), done],
    want: 'fail',
    codes: ['password-in-clear', 'authenticated-in-clear'],
  },
  {
    title: 'stripped, asks who may log in with jabber:iq:auth',
    the: strip,
    steps: [stripped, c.iq('clear', 'get', '1', 'iq-auth'), done],
    want: 'fail',
    codes: ['authenticated-in-clear'],
  },
  {
    title: 'stripped, registers',
    the: strip,
    steps: [stripped, c.iq('clear', 'set', '1', 'register'), done],
    want: 'fail',
    codes: ['registered-in-clear'],
  },
  {
    title: 'stripped, compresses',
    the: strip,
    steps: [stripped, c.compress(), done],
    want: 'fail',
    codes: ['compressed-in-clear'],
  },
  {
    title: 'stripped, binds at once',
    the: strip,
    steps: [stripped, c.iq('clear', 'set', '1'), done],
    want: 'fail',
    codes: ['stanza-in-clear'],
  },
  {
    title: 'the stanzas after a login in clear are part of one finding',
    the: strip,
    steps: [stripped, c.auth('clear', 'SCRAM-SHA-1'), c.iq('clear', 'set', '1'), done],
    want: 'fail',
    codes: ['authenticated-in-clear'],
  },
  {
    title: 'credentials where TLS should begin',
    steps: [c.connected(), c.bytes('instead-of-tls', true), done],
    want: 'fail',
    codes: ['password-in-clear'],
  },
  {
    title: 'expired, closes during the handshake',
    the: expired,
    steps: [shown, c.failed('client', 'end'), c.closed(), done],
    want: 'pass',
  },
  {
    title: 'expired, completes the handshake and then closes',
    the: expired,
    steps: [shown, c.handshake('untrusted'), c.closed(), done],
    want: 'pass',
  },
  {
    title: 'expired, opens a stream inside and then closes',
    the: expired,
    steps: [shown, c.handshake('untrusted'), c.header('tls'), c.closed(), done],
    want: 'pass',
  },
  {
    title: 'expired, logs in',
    the: expired,
    steps: [shown, c.handshake('untrusted'), c.auth('tls', 'PLAIN', true), done],
    want: 'fail',
    codes: ['password-to-untrusted', 'authenticated-to-untrusted'],
  },
  {
    title: 'expired, sends a stanza',
    the: expired,
    steps: [shown, c.handshake('untrusted'), c.iq('tls', 'set', '1'), done],
    want: 'fail',
    codes: ['stanza-to-untrusted'],
  },
  {
    title: 'TLS 1.0 completed and closed',
    the: old,
    steps: [spokeOld, c.closed(), done],
    want: 'warn',
    codes: ['negotiated-weak'],
  },
  {
    title: 'TLS 1.0 completed and closed, and more than could be kept',
    the: old,
    steps: [spokeOld, c.closed(), exit(1), dropped, end],
    want: 'warn',
    codes: ['negotiated-weak'],
  },
  {
    title: 'nothing wrong in what was kept, and more than could be',
    the: strip,
    steps: [stripped, c.closed(), exit(1), dropped, end],
    want: 'inconclusive',
  },
  {
    title: 'TLS 1.0 and credentials',
    the: old,
    steps: [spokeOld, c.auth('tls', 'SCRAM-SHA-1'), done],
    want: 'fail',
    codes: ['authenticated-to-weak', 'negotiated-weak'],
  },
  {
    title: 'a NULL suite counts as clear',
    steps: [c.connected(), c.handshake('honest', false), c.auth('clear', 'SCRAM-SHA-1'), done],
    want: 'fail',
    codes: ['authenticated-in-clear'],
  },
]);
