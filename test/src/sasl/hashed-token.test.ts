import { createHmac } from 'node:crypto';
import test from 'ava';
import { hashedTokenMechanisms, startHashedToken } from '../../../src/sasl/hashed-token.ts';

const account = { localpart: 'juliet', domain: 'im.example.test', password: 'secret' };
const exporter = Buffer.alloc(32, 7);
const data = { version: 'TLSv1.3', tlsExporter: exporter, tlsUnique: null, tlsServerEndPoint: null };
const tokens = ['one', 'two'];

const hash = (token: string, who: string, binding = '') =>
  createHmac('sha256', token).update(who).update(Buffer.from(binding, 'latin1')).digest();
const message = (user: string, octets: Buffer) => Buffer.concat([Buffer.from(`${user}\0`), octets]);
const bound = exporter.toString('latin1');

const rows: [title: string, name: string, sent: Buffer | null, type: 'success' | 'failure'][] = [
  ['a token', 'HT-SHA-256-NONE', message('juliet', hash('two', 'Initiator')), 'success'],
  ['a token bound to the channel', 'HT-SHA-256-EXPR', message('juliet', hash('one', 'Initiator', bound)), 'success'],
  ['bound to another channel', 'HT-SHA-256-EXPR', message('juliet', hash('one', 'Initiator', 'x')), 'failure'],
  ['bound where nothing is', 'HT-SHA-256-NONE', message('juliet', hash('one', 'Initiator', bound)), 'failure'],
  ['another token', 'HT-SHA-256-NONE', message('juliet', hash('three', 'Initiator')), 'failure'],
  ['another user', 'HT-SHA-256-NONE', message('romeo', hash('one', 'Initiator')), 'failure'],
  ["the server's hash", 'HT-SHA-256-NONE', message('juliet', hash('one', 'Responder')), 'failure'],
  ['no hash', 'HT-SHA-256-NONE', Buffer.from('juliet\0'), 'failure'],
  ['no user', 'HT-SHA-256-NONE', Buffer.from('juliet'), 'failure'],
  ['nothing', 'HT-SHA-256-NONE', null, 'failure'],
];

for (const [title, name, sent, type] of rows) {
  test(`${name}: ${title}`, (t) => {
    t.is(startHashedToken(name, account, { tokens, data })?.respond(sent).type, type);
  });
}

test('the server proves that it knows the token', (t) => {
  const exchange = startHashedToken('HT-SHA-256-EXPR', account, { tokens, data });
  const step = exchange?.respond(message('juliet', hash('one', 'Initiator', bound)));
  t.deepEqual(step?.type === 'success' ? step.data : null, hash('one', 'Responder', bound));
});

test('what a connection cannot bind to is not there', (t) => {
  t.deepEqual(hashedTokenMechanisms(data), ['HT-SHA-256-EXPR', 'HT-SHA-256-NONE']);
  t.is(startHashedToken('HT-SHA-256-ENDP', account, { tokens, data }), null);
  t.is(startHashedToken('PLAIN', account, { tokens, data }), null);
});
