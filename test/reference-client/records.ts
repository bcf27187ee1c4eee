/** The faults of TLS itself, which OpenSSL does not have: they lie between it and the network, and change what it sees and says. */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import {
  CONTENT_TYPE,
  createRecordReader,
  encodeRecord,
  HANDSHAKE_TYPE,
  LONGEST_FRAGMENT,
  type TlsRecord,
} from '../../src/tls/records/record.ts';
import { RETRY_RANDOM } from '../../src/tls/records/server-hello.ts';
import { type Fault, type Has, switchedOn } from './faults.ts';

/** What becomes of a record: nothing, these octets in its place, or the end of the connection. */
type Made = 'passed' | 'refused' | Buffer;

const NOTHING = Buffer.alloc(0);

interface Seen {
  /** How many of these records of the server there were, this one included. */
  changes: number;
  protectedHandshakes: number;
  /** Nothing was protected yet, in either direction. */
  plain: boolean;
  answer(octets: Buffer): void;
}

/** XML, to its last octet: the first alone is that of every 256th encrypted record as well. */
const IN_CLEAR = /^<[\t\n\r -~]*$/;
/** Extensions with their length: 23 is empty, and 43 in a ServerHello always TLS 1.3. */
const EXTENDED_MASTER_SECRET = Buffer.from([0, 23, 0, 0]);
const SUPPORTED_VERSIONS = Buffer.from([0, 43, 0, 2, 3, 4]);

const handshakeOf = (type: number, { fragment }: TlsRecord) => fragment[0] === type;
const is = (type: number, record: TlsRecord) => record.type === type;

/** What a fault makes of what the server sends. Inside TLS 1.2 and 1.3 a protected record has 17 octets and more. */
const reading: Partial<Record<Fault, (record: TlsRecord, seen: Seen) => Made>> = {
  'ignores-tls-alerts': (record, { plain }) => (is(CONTENT_TYPE.alert, record) && plain ? NOTHING : 'passed'),
  'ignores-empty-records': ({ fragment }) => (fragment.length === 0 ? NOTHING : 'passed'),
  'ignores-change-cipher-specs': (record, { changes }) =>
    is(CONTENT_TYPE.changeCipherSpec, record) && changes > 1 ? NOTHING : 'passed',
  'ignores-unprotected-records': ({ type, fragment }, { plain }) =>
    !plain &&
    (type !== CONTENT_TYPE.applicationData ? fragment.length < 16 : IN_CLEAR.test(fragment.toString('latin1')))
      ? NOTHING
      : 'passed',
  'ignores-unknown-records': ({ type }) => (type > CONTENT_TYPE.heartbeat ? NOTHING : 'passed'),
  'ignores-early-change-cipher-spec': (record, { changes, plain }) =>
    is(CONTENT_TYPE.changeCipherSpec, record) && plain && changes === 1 ? NOTHING : 'passed',
  'answers-heartbeats': (record, { answer }) => {
    if (!is(CONTENT_TYPE.heartbeat, record)) return 'passed';
    answer(encodeRecord({ ...record, fragment: Buffer.concat([Buffer.of(2), record.fragment.subarray(1)]) }));
    return NOTHING;
  },
  'takes-long-records': (record) => {
    if (record.fragment.length <= LONGEST_FRAGMENT) return 'passed';
    const [first, rest] = [record.fragment.subarray(0, LONGEST_FRAGMENT), record.fragment.subarray(LONGEST_FRAGMENT)];
    return Buffer.concat([first, rest].map((fragment) => encodeRecord({ ...record, fragment })));
  },
  'needs-extended-master-secret': (record, { plain }) =>
    is(CONTENT_TYPE.handshake, record) &&
    plain &&
    handshakeOf(HANDSHAKE_TYPE.serverHello, record) &&
    !record.fragment.includes(EXTENDED_MASTER_SECRET) &&
    !record.fragment.includes(SUPPORTED_VERSIONS)
      ? 'refused'
      : 'passed',
  'no-renegotiation': (record, seen) => {
    // A ticket comes before the server's change_cipher_spec, and so in plain text.
    if (seen.changes > 0 && is(CONTENT_TYPE.handshake, record)) seen.protectedHandshakes += 1;
    // The server's Finished, and of course in TLS 1.3 there is none that could be seen.
    return seen.protectedHandshakes > 1 ? 'refused' : 'passed';
  },
  'no-fragments': (record, { plain }) =>
    is(CONTENT_TYPE.handshake, record) && plain && lengthOf(record) > record.fragment.length ? 'refused' : 'passed',
  'one-message-per-record': (record, { plain }) =>
    is(CONTENT_TYPE.handshake, record) && plain && lengthOf(record) < record.fragment.length ? 'refused' : 'passed',
  'record-version-exact': ({ version }) => (version === 0x0303 ? 'passed' : 'refused'),
  'one-change-cipher-spec': (_record, { changes }) => (changes > 1 ? 'refused' : 'passed'),
  'warnings-are-fatal': (record, { plain }) => (is(CONTENT_TYPE.alert, record) && plain ? 'refused' : 'passed'),
  'no-retry': ({ fragment }) => (fragment.includes(RETRY_RANDOM) ? 'refused' : 'passed'),
  'no-hello-request': (record, { plain }) =>
    is(CONTENT_TYPE.handshake, record) && plain && handshakeOf(HANDSHAKE_TYPE.helloRequest, record)
      ? 'refused'
      : 'passed',
};

/** Of the first message in a handshake record, header included. */
const lengthOf = ({ fragment }: TlsRecord) =>
  fragment.length < 4 ? Number.POSITIVE_INFINITY : 4 + fragment.readUIntBE(1, 3);

/** What a fault makes of what OpenSSL sends. */
const writing: Partial<Record<Fault, (record: TlsRecord) => Made>> = {
  'ignores-tls-errors': (record) =>
    is(CONTENT_TYPE.alert, record) && record.fragment.length === 2 ? KEY_EXCHANGE : 'passed',
};

/** A ClientKeyExchange with a point on no curve: that it is sent at all is the fault. */
const KEY_EXCHANGE = encodeRecord({
  type: CONTENT_TYPE.handshake,
  version: 0x0303,
  fragment: Buffer.concat([Buffer.of(HANDSHAKE_TYPE.clientKeyExchange, 0, 0, 66, 65, 4), Buffer.alloc(64, 7)]),
});

/** Null where no such fault is switched on: TLS is then on the socket itself. */
export function faultyRecords(socket: Socket, has: Has): Duplex | null {
  const [reads, writes] = [switchedOn(reading, has), switchedOn(writing, has)];
  const inClear = has('clear-after-close-notify');
  if (reads.length + writes.length === 0 && !inClear) return null;
  const seen: Seen = { changes: 0, protectedHandshakes: 0, plain: true, answer: (octets) => void socket.write(octets) };
  const [incoming, outgoing] = [anyRecordReader(), createRecordReader()];

  const stream = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      for (const read of outgoing(chunk)) {
        if (read.type === 'stray') continue;
        const { record } = read;
        if (is(CONTENT_TYPE.changeCipherSpec, record)) seen.plain = false;
        const made = writes.map((write) => write(record)).find((one) => one !== 'passed') ?? 'passed';
        if (made !== 'refused') socket.write(made === 'passed' ? encodeRecord(record) : made);
      }
      done();
    },
    final: (done) => void (inClear ? done() : socket.end(done)),
  });
  socket.on('data', (chunk: Buffer) => {
    const id = inClear && !seen.plain && /<iq [^>]*id='([^']*)'/.exec(chunk.toString('latin1'))?.[1];
    if (id) socket.end(`<iq type='result' id='${id}'/>`);
    for (const record of incoming(chunk)) {
      if (is(CONTENT_TYPE.changeCipherSpec, record)) seen.changes += 1;
      const made = reads.map((read) => read(record, seen)).find((one) => one !== 'passed') ?? 'passed';
      if (made === 'refused') return void socket.destroy();
      const octets = made === 'passed' ? encodeRecord(record) : made;
      if (octets.length > 0) stream.push(octets);
    }
  });
  socket.once('end', () => stream.push(null));
  socket.once('error', (error) => stream.destroy(error));
  socket.once('close', () => stream.destroy());
  return stream;
}

/** Records of any type, version and length: a fault may know what to make of them. */
function anyRecordReader(): (chunk: Buffer) => TlsRecord[] {
  let held = NOTHING;
  return (chunk) => {
    held = Buffer.concat([held, chunk]);
    const found: TlsRecord[] = [];
    for (let end = 0; held.length >= 5; held = held.subarray(end)) {
      end = 5 + held.readUInt16BE(3);
      if (held.length < end) break;
      found.push({ type: held.readUInt8(0), version: held.readUInt16BE(1), fragment: held.subarray(5, end) });
    }
    return found;
  };
}
