import { randomBytes } from 'node:crypto';
import test from 'ava';
import { channelBindingTypes } from '../../../src/sasl/channel-bindings.ts';
import { availableMechanisms, startExchange } from '../../../src/sasl/exchange.ts';
import { account, begin, challengeOf, outcome, tls } from './fixtures.ts';
import { scramClient } from './scram-client.ts';

const everything = availableMechanisms(tls);
const unbound = { ...tls, tlsExporter: null, tlsUnique: null, tlsServerEndPoint: null };

test('what TLS can bind to', (t) => {
  t.deepEqual(channelBindingTypes(tls), ['tls-exporter', 'tls-unique', 'tls-server-end-point']);
  t.deepEqual(channelBindingTypes({ ...tls, version: 'TLSv1.3' }), ['tls-exporter', 'tls-server-end-point']);
  t.deepEqual(channelBindingTypes({ ...tls, tlsExporter: null }), ['tls-unique', 'tls-server-end-point']);
  t.deepEqual(channelBindingTypes(unbound), []);
  t.deepEqual(channelBindingTypes(null), []);
});

test('what can be offered', (t) => {
  const bare = ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'];
  t.deepEqual(availableMechanisms(null), bare);
  t.deepEqual(availableMechanisms(unbound), bare);
  t.deepEqual(availableMechanisms(null, true), ['EXTERNAL', ...bare]);
  t.deepEqual(everything, ['SCRAM-SHA-512-PLUS', 'SCRAM-SHA-256-PLUS', 'SCRAM-SHA-1-PLUS', ...bare]);
});

test('a mechanism starts only if it was offered, exists, and has what it needs', (t) => {
  const starts = (name: string, offered: string[], channelBinding: typeof tls | null) =>
    startExchange(name, account, { offered, channelBinding }) !== null;
  for (const name of everything) t.true(starts(name, everything, tls), name);
  t.false(starts('PLAIN', ['SCRAM-SHA-1'], tls));
  t.false(starts('SCRAM-SHA-1-PLUS', everything, null));
  t.false(starts('SCRAM-SHA-1-PLUS', everything, unbound));
  t.false(starts('EXTERNAL', ['EXTERNAL'], tls));
  for (const name of ['', 'plain', 'PLAIN ', 'SCRAM-MD5', 'constructor', '__proto__', 'toString']) {
    t.false(starts(name, [...everything, name], tls), name);
  }
});

for (const name of ['PLAIN', 'SCRAM-SHA-256']) {
  test(`${name}: no initial response is answered with an empty challenge, once`, (t) => {
    const exchange = begin(name);
    t.deepEqual(exchange.respond(null), { type: 'challenge', data: Buffer.alloc(0) });
    t.is(outcome(exchange.respond(null)), 'malformed-request');
  });

  test(`${name}: an empty initial response is none`, (t) => {
    t.is(outcome(begin(name).respond(Buffer.alloc(0))), 'malformed-request');
  });
}

test('logins after an empty challenge', (t) => {
  const plain = begin('PLAIN');
  plain.respond(null);
  t.is(outcome(plain.respond(Buffer.from('\0user\0pencil'))), 'success');

  const scram = begin('SCRAM-SHA-1');
  const client = scramClient({ hash: 'sha1', password: 'pencil' });
  scram.respond(null);
  t.is(outcome(scram.respond(client.final(challengeOf(scram.respond(client.first))))), 'success');
});

test('an absent response to a challenge is malformed', (t) => {
  const exchange = begin('SCRAM-SHA-1');
  challengeOf(exchange.respond(Buffer.from('n,,n=user,r=abc')));
  t.is(outcome(exchange.respond(null)), 'malformed-request');
});

test('an exchange ends with its first outcome', (t) => {
  for (const message of ['\0user\0pencil', '\0user\0wrong', '']) {
    const exchange = begin('PLAIN');
    exchange.respond(Buffer.from(message));
    t.is(outcome(exchange.respond(Buffer.from('\0user\0pencil'))), 'malformed-request');
    t.is(outcome(exchange.respond(null)), 'malformed-request');
  }
});

/** Bytes that often get past a first check: pieces of real messages, in any order, some of them damaged. */
function hostileMessage(): Buffer {
  const pieces = [
    'n,,',
    'y,,',
    'p=tls-exporter,,',
    'a=',
    'n=user',
    'r=abc',
    'c=biws',
    'p=AAAA',
    'm=',
    ',',
    '=',
    '=2C',
    '\0',
    'user',
    'x=1',
  ];
  const length = randomBytes(1).readUInt8() % 12;
  const parts = [...randomBytes(length)].map((octet) =>
    octet < 230 ? Buffer.from(pieces[octet % pieces.length] ?? '') : randomBytes(octet - 225),
  );
  return Buffer.concat(parts);
}

test('whatever comes, there is an outcome and no exception, and nobody is let in', (t) => {
  const seen = new Set<string>();
  for (let round = 0; round < 20_000; round += 1) {
    const name = everything[round % everything.length] ?? 'PLAIN';
    const exchange = begin(name, { channelBinding: tls });
    for (let turn = 0; turn < 3; turn += 1) {
      const message =
        round % 50 === 0 && turn === 0 ? null : round % 3 === 0 ? randomBytes(round % 97) : hostileMessage();
      const step = exchange.respond(message);
      seen.add(outcome(step));
      if (step.type === 'success') t.fail(`${name} let in ${message?.toString('hex')}`);
    }
  }
  t.true(seen.has('challenge') && seen.has('malformed-request') && seen.has('not-authorized'));
});

test('one bit more or less in any octet of a login, and it fails', (t) => {
  const client = scramClient({ hash: 'sha1', password: 'pencil', gs2Header: 'n,a=user@a.example.test,' });
  const context = { salt: Buffer.from('salt'), serverNonce: 'servernonce' };
  const attempt = (first: Buffer, change: (final: Buffer) => Buffer) => {
    const exchange = begin('SCRAM-SHA-1', context);
    const step = exchange.respond(first);
    return step.type === 'challenge' ? outcome(exchange.respond(change(final))) : outcome(step);
  };
  const final = client.final(challengeOf(begin('SCRAM-SHA-1', context).respond(client.first)));
  t.is(
    attempt(client.first, (same) => same),
    'success',
  );
  for (const message of [client.first, final]) {
    for (let bit = 0; bit < message.length * 8; bit += 1) {
      const flipped = Buffer.from(message);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const result = message === final ? attempt(client.first, () => flipped) : attempt(flipped, (same) => same);
      t.not(result, 'success', `bit ${bit} of ${message}`);
    }
  }
});
