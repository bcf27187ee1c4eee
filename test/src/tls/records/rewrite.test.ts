/** The rewriter behind a HelloRetryRequest, which makes a handshake begin twice: octets in, octets out. */
import { randomBytes } from 'node:crypto';
import test from 'ava';
import { uint, vector } from '../../../../src/tls/records/octets.ts';
import {
  CONTENT_TYPE,
  createMessageReader,
  createRecordReader,
  encodeHandshake,
  encodeRecord,
  HANDSHAKE_TYPE,
  type HandshakeMessage,
  TLS_1_2,
} from '../../../../src/tls/records/record.ts';
import { createRewriter, type Rewrite } from '../../../../src/tls/records/rewrite.ts';
import { encodeServerHello, RETRY_RANDOM } from '../../../../src/tls/records/server-hello.ts';

const KEY_SHARE = { type: 51, data: Buffer.from([0, 24]) };
const VERSIONS = { type: 43, data: Buffer.from([3, 4]) };
const serverHello = (random: Buffer): HandshakeMessage =>
  encodeServerHello({
    ...{ version: TLS_1_2, random, sessionId: Buffer.alloc(32), suite: 0x1301, compression: 0 },
    extensions: [VERSIONS, KEY_SHARE],
  });
const extension = ({ type, data }: { type: number; data: Buffer }) => Buffer.concat([uint(2, type), vector(2, data)]);
const clientHello: HandshakeMessage = {
  type: HANDSHAKE_TYPE.clientHello,
  body: Buffer.concat([
    ...[
      uint(2, TLS_1_2),
      randomBytes(32),
      vector(1, Buffer.alloc(32)),
      vector(2, uint(2, 0x1301)),
      vector(1, uint(1, 0)),
    ],
    vector(2, extension({ type: 43, data: vector(1, uint(2, 0x0304)) }), extension(KEY_SHARE)),
  ]),
};
const CHANGE = encodeRecord({ type: CONTENT_TYPE.changeCipherSpec, version: TLS_1_2, fragment: Buffer.of(1) });
const PROTECTED = encodeRecord({ type: CONTENT_TYPE.applicationData, version: TLS_1_2, fragment: randomBytes(40) });

/** RFC 8446, appendix D.4: each side sends a change_cipher_spec, the server right behind its first message. */
function retried(rewrite: Rewrite) {
  const told: string[] = [];
  const seen: string[] = [];
  const { toServer, toClient } = createRewriter(rewrite, {
    rewritten: () => void told.push('rewritten'),
    impossible: (why) => void told.push(why),
    client: ({ name }) => void seen.push(name),
  });
  const first = toServer(encodeHandshake([clientHello]));
  const retry = toClient(Buffer.concat([encodeHandshake([serverHello(RETRY_RANDOM)]), CHANGE]));
  const before = [...told];
  const second = toServer(Buffer.concat([CHANGE, encodeHandshake([clientHello])]));
  const hello = toClient(Buffer.concat([encodeHandshake([serverHello(Buffer.alloc(32, 7))]), PROTECTED]));
  toServer(PROTECTED);
  return { told, seen, before, first, retry, second, hello };
}

const records = (octets: Buffer) =>
  createRecordReader()(octets).flatMap((read) => (read.type === 'record' ? [read.record] : []));
const types = (octets: Buffer) => records(octets).map(({ type }) => type);
const { changeCipherSpec, handshake, applicationData } = CONTENT_TYPE;
const bodies = (octets: Buffer) => {
  const read = createMessageReader();
  return records(octets)
    .filter(({ type }) => type === handshake)
    .flatMap(({ fragment }) => read(fragment))
    .flatMap((one) => (one.type === 'message' ? [one.message.body] : []));
};
const has = (octets: Buffer, type: number) => bodies(octets)[0]?.includes(Buffer.concat([uint(2, type), Buffer.of(0)]));

test('the second ClientHello is on record, and what follows it is protected', (t) => {
  t.deepEqual(retried({ kind: 'pace' }).seen, ['change-cipher-spec', 'client-hello', 'protected']);
});

test('an extension is hidden in both of them', (t) => {
  const { first, second, told } = retried({ kind: 'hide', extension: 43 });
  t.false(has(first, 43));
  t.false(has(second, 43));
  t.deepEqual(types(second), [changeCipherSpec, handshake]);
  t.deepEqual(told, ['rewritten']);
});

test('what is done to the ServerHello is not done to the request before it', (t) => {
  const strip = retried({ kind: 'strip', extension: 51 });
  t.true(has(strip.retry, 51));
  t.deepEqual(strip.before, []);
  t.false(has(strip.hello, 51));
  t.deepEqual(strip.told, ['rewritten']);

  const alert = encodeRecord({ type: CONTENT_TYPE.alert, version: TLS_1_2, fragment: Buffer.of(1, 112) });
  const insert = retried({ kind: 'insert', where: 'before', message: 'server-hello', octets: alert });
  t.deepEqual(types(insert.retry), [handshake, changeCipherSpec]);
  t.deepEqual(types(insert.hello), [CONTENT_TYPE.alert, handshake, applicationData]);

  const stall = retried({ kind: 'stall', after: 'server-hello' });
  t.deepEqual(types(stall.retry), [handshake, changeCipherSpec]);
  t.deepEqual(types(stall.hello), [handshake]);
});

test('each message of the server is cut, also behind the request', (t) => {
  const { retry, hello } = retried({ kind: 'fragment', size: 50 });
  for (const octets of [retry, hello]) t.true(types(octets).filter((type) => type === handshake).length > 1);
  t.deepEqual(types(hello).at(-1), applicationData);
});
