import test from 'ava';
import type { Step } from '../../../src/sasl/mechanism.ts';
import { account, begin, outcome } from './fixtures.ts';

const plain = (message: string | Buffer, as = account): Step => begin('PLAIN', {}, as).respond(Buffer.from(message));

const success = { type: 'success', data: null, user: 'user', authzid: null };

test('localpart and password', (t) => {
  t.deepEqual<unknown, unknown>(plain('\0user\0pencil'), success);
});

test('the bare JID as authentication identity is the same user', (t) => {
  t.deepEqual<unknown, unknown>(plain('\0user@a.example.test\0pencil'), success);
});

test("the user's own bare JID as authorization identity", (t) => {
  const step = { ...success, authzid: 'user@a.example.test' };
  t.deepEqual<unknown, unknown>(plain('user@a.example.test\0user\0pencil'), step);
  t.deepEqual<unknown, unknown>(plain('User@A.EXAMPLE.test\0USER\0pencil'), step);
});

const refused: [title: string, message: string | Buffer, condition: string][] = [
  ['nothing', '', 'malformed-request'],
  ['no NUL', 'userpencil', 'malformed-request'],
  ['one NUL', 'user\0pencil', 'malformed-request'],
  ['three NULs', '\0user\0pen\0cil', 'malformed-request'],
  ['a NUL at the end', '\0user\0pencil\0', 'malformed-request'],
  ['only NULs', '\0\0', 'malformed-request'],
  ['no user', '\0\0pencil', 'malformed-request'],
  ['no password', '\0user\0', 'malformed-request'],
  ['no UTF-8', Buffer.from([0, 0xff, 0xfe, 0, 0x61]), 'malformed-request'],
  ['an overlong form', Buffer.from([0, 0xc0, 0xaf, 0, 0x61]), 'malformed-request'],
  ['half a surrogate pair', Buffer.from([0, 0xed, 0xa0, 0x80, 0, 0x61]), 'malformed-request'],
  ['too much', `\0user\0${'x'.repeat(20_000)}`, 'malformed-request'],
  ['the wrong password', '\0user\0pencils', 'not-authorized'],
  ['the password in another case', '\0user\0Pencil', 'not-authorized'],
  ['another user', '\0resu\0pencil', 'not-authorized'],
  ['another domain', '\0user@b.example.test\0pencil', 'not-authorized'],
  ['a full JID', '\0user@a.example.test/desk\0pencil', 'not-authorized'],
  ['a control character', '\0user\0pen\u0007cil', 'not-authorized'],
  ['a user of nothing but soft hyphens', '\0\u00ad\0pencil', 'not-authorized'],
  ['a byte order mark, for it is a character as any other', '\ufeff\0user\0pencil', 'invalid-authzid'],
  ["someone else's authorization identity", 'admin@a.example.test\0user\0pencil', 'invalid-authzid'],
  ['only a localpart as authorization identity', 'user\0user\0pencil', 'invalid-authzid'],
  ['a full JID as authorization identity', 'user@a.example.test/desk\0user\0pencil', 'invalid-authzid'],
  ['the wrong password before the authorization identity', 'admin@a.example.test\0user\0no', 'not-authorized'],
];

for (const [title, message, condition] of refused) {
  test(`refuses: ${title}`, (t) => {
    t.is(outcome(plain(message)), condition);
  });
}

test('an unknown user and a wrong password cannot be told apart', (t) => {
  t.deepEqual(plain('\0nobody\0pencil'), plain('\0user\0wrong'));
});

test('fields of 255 octets, with four octets a character', (t) => {
  const long = `${'\u{1f511}'.repeat(63)}abc`;
  const as = { localpart: long, domain: account.domain, password: long };
  t.is(Buffer.byteLength(long), 255);
  t.is(outcome(plain(`\0${long}\0${long}`, as)), 'success');
});

test('both passwords are prepared', (t) => {
  t.is(outcome(plain('\0user\0IX', { ...account, password: '\u2168' })), 'success');
  t.is(outcome(plain('\0user\0\u2168', { ...account, password: 'I\u00adX' })), 'success');
});

test('nobody logs in to an account whose password SASLprep refuses', (t) => {
  t.is(outcome(plain('\0user\0\u0007', { ...account, password: '\u0007' })), 'not-authorized');
});
