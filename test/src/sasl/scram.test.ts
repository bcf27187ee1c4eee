import test from 'ava';
import { startExchange } from '../../../src/sasl/exchange.ts';
import type { SaslContext, Step } from '../../../src/sasl/mechanism.ts';
import { account, begin, challengeOf, outcome, tls } from './fixtures.ts';
import { attributes, type Login, scramClient } from './scram-client.ts';

const hashes = { 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-512': 'sha512' } as const;
const types = {
  'tls-exporter': tls.tlsExporter,
  'tls-unique': tls.tlsUnique,
  'tls-server-end-point': tls.tlsServerEndPoint,
};

/** A whole login with SCRAM-SHA-256, or what is given instead. */
function login(
  client: Partial<Login> = {},
  context: Partial<SaslContext> = {},
  name = 'SCRAM-SHA-256',
  as = account,
): Step {
  const exchange = begin(name, context, as);
  const { first, final } = scramClient({ hash: 'sha256', password: as.password, ...client });
  const step = exchange.respond(first);
  return step.type === 'challenge' ? exchange.respond(final(step.data)) : step;
}

for (const [name, hash] of Object.entries(hashes)) {
  test(`SCRAM-${name}: both sides prove that they know the password`, (t) => {
    const exchange = begin(`SCRAM-${name}`);
    const client = scramClient({ hash, password: 'pencil' });
    const step = exchange.respond(client.final(challengeOf(exchange.respond(client.first))));
    t.true(step.type === 'success' && step.user === 'user' && client.verifies(step.data));
  });

  for (const [type, data] of Object.entries(types)) {
    const plus = (bindingData: Buffer | null) =>
      login(
        { hash, gs2Header: `p=${type},,`, bindingData: bindingData ?? Buffer.alloc(0) },
        { channelBinding: tls },
        `SCRAM-${name}-PLUS`,
      );
    test(`SCRAM-${name}-PLUS: ${type}`, (t) => {
      t.is(outcome(plus(data)), 'success');
      t.like(plus(Buffer.from('of another channel')), {
        condition: 'not-authorized',
        text: 'channel-bindings-dont-match',
      });
      t.like(plus(null), { condition: 'not-authorized', text: 'channel-bindings-dont-match' });
    });
  }
}

test('no channel binding of a type that the connection cannot give', (t) => {
  const attempt = (type: string, channelBinding: SaslContext['channelBinding']) =>
    login(
      { gs2Header: `p=${type},,`, bindingData: tls.tlsUnique ?? Buffer.alloc(0) },
      { channelBinding },
      'SCRAM-SHA-256-PLUS',
    );
  const unsupported = { condition: 'not-authorized', text: 'unsupported-channel-binding-type' };
  t.like(attempt('tls-unique', { ...tls, version: 'TLSv1.3' }), unsupported);
  t.like(attempt('tls-unique', { ...tls, tlsUnique: null }), unsupported);
  for (const type of ['tls-unique-for-telnet', 'constructor', 'TLS-UNIQUE']) {
    t.like(attempt(type, tls), unsupported);
  }
});

test('y fails if any -PLUS was offered: somebody removed it (RFC 5802, section 6)', (t) => {
  const expected = { condition: 'not-authorized', text: 'server-does-support-channel-binding' };
  t.like(login({ gs2Header: 'y,,' }, { channelBinding: tls }), expected);
  t.like(login({ gs2Header: 'y,,' }, { channelBinding: tls }, 'SCRAM-SHA-256-PLUS'), expected);
});

test('y is fine if no -PLUS was offered, though TLS could bind', (t) => {
  const context = { channelBinding: tls, offered: ['SCRAM-SHA-256', 'PLAIN'] };
  t.is(outcome(login({ gs2Header: 'y,,' }, context)), 'success');
  t.is(outcome(login({ gs2Header: 'y,,' })), 'success');
});

test('n is fine although -PLUS was offered, but not in a -PLUS mechanism', (t) => {
  t.is(outcome(login({}, { channelBinding: tls })), 'success');
  t.is(outcome(login({}, { channelBinding: tls }, 'SCRAM-SHA-256-PLUS')), 'malformed-request');
});

test('p is malformed in a mechanism without channel binding', (t) => {
  const client = { gs2Header: 'p=tls-unique,,', bindingData: tls.tlsUnique ?? Buffer.alloc(0) };
  t.is(outcome(login(client, { channelBinding: tls })), 'malformed-request');
});

test('c= repeats the GS2 header to the letter', (t) => {
  for (const forged of ['y,,', 'n,a=user@a.example.test,', 'n,', 'N,,', 'n,,\0', 'p=tls-unique,,']) {
    const exchange = begin('SCRAM-SHA-256');
    const client = scramClient({ hash: 'sha256', password: 'pencil' });
    const liar = scramClient({ hash: 'sha256', password: 'pencil', gs2Header: forged });
    const challenge = challengeOf(exchange.respond(client.first));
    t.like(
      exchange.respond(liar.final(challenge)),
      { condition: 'not-authorized', text: 'channel-bindings-dont-match' },
      forged,
    );
  }
});

test('identities: localpart or bare JID, quoted, prepared, in any case', (t) => {
  const named = (username: string, localpart = 'user') =>
    outcome(login({ username }, {}, 'SCRAM-SHA-256', { ...account, localpart }));
  t.is(named('user@a.example.test'), 'success');
  t.is(named('USER'), 'success');
  t.is(named('\uff55ser'), 'success');
  t.is(named('a=2Cb=3D2C', 'a,b=2c'), 'success');
  t.is(named('user@b.example.test'), 'not-authorized');
  t.is(named('\u00ad'), 'not-authorized');
});

test('authorization identity: none, empty, or the bare JID', (t) => {
  t.like(login(), { type: 'success', authzid: null });
  t.like(login({ gs2Header: 'n,a=,' }), { type: 'success', authzid: null });
  t.like(login({ gs2Header: 'n,a=user@a.example.test,' }), { type: 'success', authzid: 'user@a.example.test' });
  for (const other of ['user', 'admin@a.example.test', 'user@a.example.test/desk', 'user=2C@a.example.test']) {
    t.is(outcome(login({ gs2Header: `n,a=${other},` })), 'invalid-authzid', other);
    t.is(outcome(login({ gs2Header: `n,a=${other},`, password: 'wrong' })), 'not-authorized', other);
  }
});

test('an unknown user is challenged as any other, and fails as with a wrong password', (t) => {
  t.deepEqual(login({ username: 'nobody' }), login({ password: 'wrong' }));
  t.like(login({ username: 'nobody' }), { condition: 'not-authorized', text: 'invalid-proof' });
});

test('nobody logs in to an account whose password SASLprep refuses', (t) => {
  t.is(outcome(login({}, {}, 'SCRAM-SHA-256', { ...account, password: '\u0007' })), 'temporary-auth-failure');
});

test('optional extensions are ignored, and signed', (t) => {
  const exchange = begin('SCRAM-SHA-256');
  // What the client takes for its nonce goes on with extensions: they are in its first message, and it signs them.
  const client = scramClient({ hash: 'sha256', password: 'pencil', nonce: 'clientnonce,x=1,Z=a=b' });
  const challenge = challengeOf(exchange.respond(client.first));
  t.true(challenge.toString().startsWith('r=clientnonce'));
  t.is(outcome(exchange.respond(client.final(challenge))), 'success');
});

const malformedFirst: [message: string, condition?: string][] = [
  [''],
  ['n'],
  ['n,'],
  ['n,,'],
  ['n,,,'],
  ['N,,n=user,r=abc'],
  ['x,,n=user,r=abc'],
  ['F,n,,n=user,r=abc'],
  ['p,,n=user,r=abc'],
  ['p=,,n=user,r=abc'],
  ['p=tls_unique,,n=user,r=abc'],
  ['y=tls-unique,,n=user,r=abc'],
  ['n,user,n=user,r=abc'],
  ['n,b=user,n=user,r=abc'],
  ['n,a=us=er,n=user,r=abc'],
  ['n,,n=user'],
  ['n,,r=abc'],
  ['n,,r=abc,n=user'],
  ['n,,n=,r=abc'],
  ['n,,n=user,r='],
  ['n,,n=user,r=a c'],
  ['n,,n=user,r=\u00e4'],
  ['n,,n=user,r=abc,'],
  ['n,,n=user,r=abc,x'],
  ['n,,n=user,r=abc,x='],
  ['n,,n=user,r=abc,1=x'],
  ['n,,n=user,r=abc,xy=z'],
  ['n,,n=user,r=abc,n=other'],
  ['n,,n=user,r=abc,x=\0'],
  ['n,,n=us\0er,r=abc'],
  ['n,,n=us=er,r=abc'],
  ['n,,n=user=,r=abc'],
  ['n,,n=user=2,r=abc'],
  ['n,,n=user=2c,r=abc'],
  [' n,,n=user,r=abc'],
  ['\ufeffn,,n=user,r=abc'],
  [`n,,n=user,r=${'a'.repeat(20_000)}`],
  ['n,,m=ext,n=user,r=abc', 'not-authorized'],
  ['n,,n=user,r=abc,m=ext', 'not-authorized'],
];

for (const [message, condition = 'malformed-request'] of malformedFirst) {
  test(`client-first: ${encodeURIComponent(message.slice(0, 40))}`, (t) => {
    const exchange = begin('SCRAM-SHA-256');
    t.is(outcome(exchange.respond(Buffer.from(message))), condition);
  });
}

/** Each gets the right client-final-message and breaks it. */
const brokenFinal: [title: string, condition: string, text: string | null, change: (message: string) => string][] = [
  ['nothing', 'malformed-request', null, () => ''],
  ['no proof', 'malformed-request', null, (m) => m.replace(/,p=.*/, '')],
  ['no nonce', 'malformed-request', null, (m) => m.replace(/,r=[^,]*/, '')],
  ['no binding', 'malformed-request', null, (m) => m.replace(/^c=[^,]*,/, '')],
  ['another order', 'malformed-request', null, (m) => m.replace(/^(c=[^,]*),(r=[^,]*)/, '$2,$1')],
  ['something after the proof', 'malformed-request', null, (m) => `${m},x=1`],
  ['two proofs', 'malformed-request', null, (m) => m.replace(/,p=.*/, '$&$&')],
  ['a proof that is not base 64', 'malformed-request', 'invalid-encoding', (m) => m.replace(/p=./, 'p=*')],
  ['a proof without padding', 'malformed-request', 'invalid-encoding', (m) => m.replace(/=$/, '')],
  ['a binding that is not base 64', 'malformed-request', 'invalid-encoding', (m) => m.replace('c=biws', 'c=b-ws')],
  ['white space', 'malformed-request', 'invalid-encoding', (m) => `${m}\n`],
  ['NUL', 'malformed-request', null, (m) => `${m}\0`],
  ['an invalid extension', 'malformed-request', null, (m) => m.replace(',p=', ',x,p=')],
  ['a mandatory extension', 'not-authorized', 'extensions-not-supported', (m) => m.replace(',p=', ',m=x,p=')],
  ['a mandatory extension in front', 'not-authorized', 'extensions-not-supported', (m) => `m=x,${m}`],
  ['another binding', 'not-authorized', 'channel-bindings-dont-match', (m) => m.replace('c=biws', 'c=eSws')],
  ['no binding data at all', 'not-authorized', 'channel-bindings-dont-match', (m) => m.replace('c=biws', 'c=')],
  ['only the own nonce', 'not-authorized', null, (m) => m.replace(/r=[^,]*/, 'r=clientnonce')],
  ['a longer nonce', 'not-authorized', null, (m) => m.replace(/,p=/, 'x,p=')],
  ['an empty proof', 'not-authorized', 'invalid-proof', (m) => m.replace(/p=.*/, 'p=')],
  ['a proof too short', 'not-authorized', 'invalid-proof', (m) => m.replace(/p=.*/, 'p=AAAA')],
  ['a proof too long', 'not-authorized', 'invalid-proof', (m) => m.replace(/p=/, 'p=AAAA')],
  [
    'a wrong proof',
    'not-authorized',
    'invalid-proof',
    (m) => m.replace(/p=.*/, `p=${Buffer.alloc(32).toString('base64')}`),
  ],
  ['an extension that was not signed', 'not-authorized', 'invalid-proof', (m) => m.replace(',p=', ',x=1,p=')],
];

for (const [title, condition, text, change] of brokenFinal) {
  test(`client-final: ${title}`, (t) => {
    const exchange = begin('SCRAM-SHA-256');
    const { first, final } = scramClient({ hash: 'sha256', password: 'pencil' });
    const step = exchange.respond(Buffer.from(change(final(challengeOf(exchange.respond(first))).toString())));
    t.is(outcome(step), condition);
    if (text !== null) t.like(step, { text });
  });
}

test('a final message does not serve twice, for the nonce is new', (t) => {
  const { first, final } = scramClient({ hash: 'sha256', password: 'pencil' });
  const once = begin('SCRAM-SHA-256');
  const recorded = final(challengeOf(once.respond(first)));
  t.is(outcome(once.respond(recorded)), 'success');
  const again = begin('SCRAM-SHA-256');
  challengeOf(again.respond(first));
  t.is(outcome(again.respond(recorded)), 'not-authorized');
});

test('by default 4096 iterations, a fresh nonce, and a salt that an account keeps for each hash', (t) => {
  const challenge = (name: string, as = account) => {
    const exchange = startExchange(name, as, { offered: [name], channelBinding: null });
    return attributes(challengeOf(exchange?.respond(Buffer.from('n,,n=user,r=abc')) ?? t.fail()));
  };
  const [one, two, other] = [challenge('SCRAM-SHA-1'), challenge('SCRAM-SHA-1'), challenge('SCRAM-SHA-256')];
  t.is(one.i, '4096');
  t.is(Buffer.from(one.s ?? '', 'base64').length, 16);
  t.is(one.s, two.s);
  t.not(one.s, other.s);
  t.not(one.s, challenge('SCRAM-SHA-1', { ...account }).s);
  t.not(one.r, two.r);
  t.regex(one.r ?? '', /^abc[\x21-\x2b\x2d-\x7e]{24,}$/);
});

test('iterations: any positive count can be announced, but none is computed that would block for long', (t) => {
  t.is(outcome(login({}, { iterations: 1 })), 'success');
  const exchange = begin('SCRAM-SHA-256', { iterations: 1_000_000_000 });
  const { r, i } = attributes(challengeOf(exchange.respond(Buffer.from('n,,n=user,r=abc'))));
  t.is(i, '1000000000');
  const start = performance.now();
  t.is(outcome(exchange.respond(Buffer.from(`c=biws,r=${r},p=AAAA`))), 'temporary-auth-failure');
  t.true(performance.now() - start < 1_000);
  for (const iterations of [0, -1, 1.5, Number.NaN]) {
    t.throws(() => begin('SCRAM-SHA-256', { iterations }), { instanceOf: RangeError });
  }
});

test('keys are derived once for an account, hash and count', (t) => {
  const as = { ...account };
  const timed = () => {
    const exchange = begin('SCRAM-SHA-256', { iterations: 200_000 }, as);
    const { r } = attributes(challengeOf(exchange.respond(Buffer.from('n,,n=user,r=abc'))));
    const start = performance.now();
    t.is(outcome(exchange.respond(Buffer.from(`c=biws,r=${r},p=AAAA`))), 'not-authorized');
    return performance.now() - start;
  };
  const first = timed();
  t.true(Math.min(timed(), timed(), timed()) < first / 4);
});
