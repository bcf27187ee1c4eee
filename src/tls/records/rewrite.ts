/**
 * Changes the handshake while it is in plaintext, between a client and Node's own end of TLS: up to ServerHello in
 * TLS 1.3, up to ChangeCipherSpec before. What is protected passes through. It has no sockets: octets in, octets out.
 */

import { withCertificates, withExtensionRenamed, withoutExtension } from './edit.ts';
import { messageName, type ServerMessage } from './names.ts';
import { uint, vector } from './octets.ts';
import {
  CONTENT_TYPE,
  createMessageReader,
  createRecordReader,
  encodeHandshake,
  encodeRecord,
  HANDSHAKE_TYPE,
  type HandshakeMessage,
  LONGEST_FRAGMENT,
  type ReadRecord,
  type TlsRecord,
} from './record.ts';
import { RETRY_RANDOM } from './server-hello.ts';

/** One thing that is done to the records of a handshake. */
export type Rewrite =
  /** The server does not see this extension of the ClientHello. */
  | { kind: 'hide'; extension: number }
  /** The client does not see this extension of the ServerHello. */
  | { kind: 'strip'; extension: number }
  /** TLS 1.2: these certificates, as DER, in place of the server's. */
  | { kind: 'certificate'; chain: Buffer[] }
  /** Each message of the server in fragments of so many octets, each in a record of its own. */
  | { kind: 'fragment'; size: number }
  /** All that the server writes at a time in as few records as possible. */
  | { kind: 'coalesce' }
  /** `legacy_record_version` of the server's plaintext handshake records. */
  | { kind: 'record-version'; version: number }
  /** Octets just before or after a message of the server. */
  | { kind: 'insert'; where: 'before' | 'after'; message: ServerMessage; octets: Buffer }
  /** Nothing more reaches the client after this message of the server. */
  | { kind: 'stall'; after: ServerMessage }
  /** Nothing is changed: the octets come slowly, which is the tap's to do. */
  | { kind: 'pace' };

/** What the client sent below TLS: see the observation `record`. */
export interface ClientRecord {
  name: string;
  bytes: number;
  alert?: { level: number; description: number };
}

export interface RewriteHooks {
  /** The changed octets are on their way to the client; called once. */
  rewritten(): void;
  /** There is nothing to change, and never will be; called once, before `rewritten` could be. */
  impossible(why: string): void;
  /** Called for each plaintext record of the client behind its first ClientHello; for protected ones once. */
  client(record: ClientRecord): void;
}

export interface Rewriter {
  toServer(octets: Buffer): Buffer;
  toClient(octets: Buffer): Buffer;
}

export function createRewriter(rewrite: Rewrite, hooks: RewriteHooks): Rewriter {
  const once = (act: () => void) => {
    let done = false;
    return () => {
      if (!done) act();
      done = true;
    };
  };
  const rewritten = once(hooks.rewritten);
  let hidden = false;
  let silent = false;
  /** Between a HelloRetryRequest and the ServerHello: both sides begin anew, and their change_cipher_spec means nothing. */
  let retrying = false;

  const fromServer = createSide(
    (messages, version) => {
      const parts = messages.flatMap((message) => around(message, version));
      if (rewrite.kind !== 'coalesce') return Buffer.concat(parts);
      if (messages.length > 1) rewritten();
      return encodeHandshake(messages, { version });
    },
    () => !silent,
    () => retrying,
  );

  function around(message: HandshakeMessage, version: number): Buffer[] {
    if (silent) return [];
    if (message.type === HANDSHAKE_TYPE.serverHello) retrying = isRetry(message);
    if (hidden) rewritten();
    const own = encodeHandshake([changed(message)], {
      version: rewrite.kind === 'record-version' ? rewrite.version : version,
      size: rewrite.kind === 'fragment' ? rewrite.size : LONGEST_FRAGMENT,
    });
    if (['record-version', 'fragment', 'pace'].includes(rewrite.kind)) rewritten();
    const name = isRetry(message) ? undefined : messageName(message.type);
    if (rewrite.kind === 'insert' && rewrite.message === name) {
      rewritten();
      return rewrite.where === 'before' ? [rewrite.octets, own] : [own, rewrite.octets];
    }
    if (rewrite.kind === 'stall' && rewrite.after === name) {
      rewritten();
      silent = true;
    }
    return [own];
  }

  function changed(message: HandshakeMessage): HandshakeMessage {
    const { type, body } = message;
    if (rewrite.kind === 'certificate' && type === HANDSHAKE_TYPE.certificate) {
      rewritten();
      return { type, body: withCertificates(rewrite.chain) };
    }
    if (rewrite.kind === 'strip' && type === HANDSHAKE_TYPE.serverHello && !isRetry(message)) {
      const without = withoutExtension(body, rewrite.extension);
      if (without) rewritten();
      else hooks.impossible(`the ServerHello has no extension ${rewrite.extension}`);
      return { type, body: without ?? body };
    }
    return message;
  }

  let greeted = false;
  const fromClient = createSide(
    (messages, version) =>
      encodeHandshake(
        messages.map((message) => {
          const first = !greeted;
          greeted = true;
          if (!first) report(message);
          if (rewrite.kind !== 'hide' || message.type !== HANDSHAKE_TYPE.clientHello) return message;
          const body = withExtensionRenamed(message.body, rewrite.extension);
          if (body) hidden = true;
          else if (first) hooks.impossible(`the ClientHello has no extension ${rewrite.extension}`);
          return { ...message, body: body ?? message.body };
        }),
        { version },
      ),
    reportOther,
    () => retrying,
  );

  const report = ({ type, body }: HandshakeMessage) =>
    hooks.client({ name: messageName(type) ?? `message-${type}`, bytes: body.length });

  const reportProtected = once(() => hooks.client({ name: 'protected', bytes: 0 }));

  function reportOther({ type, fragment }: TlsRecord, plain: boolean): true {
    const bytes = fragment.length;
    const [level = 0, description = 0] = fragment;
    if (type === CONTENT_TYPE.changeCipherSpec) hooks.client({ name: 'change-cipher-spec', bytes });
    else if (type === CONTENT_TYPE.heartbeat) hooks.client({ name: 'heartbeat', bytes });
    else if (type === CONTENT_TYPE.alert && plain && bytes === 2)
      hooks.client({ name: 'alert', bytes, alert: { level, description } });
    else reportProtected();
    return true;
  }

  return {
    toServer: fromClient,
    toClient(octets) {
      return silent ? Buffer.alloc(0) : fromServer(octets);
    },
  };
}

/** RFC 8446, section 4.1.3: a HelloRetryRequest is a ServerHello with this random. */
const isRetry = ({ type, body }: HandshakeMessage): boolean =>
  type === HANDSHAKE_TYPE.serverHello && body.subarray(2, 34).equals(RETRY_RANDOM);

/** One direction: hands plaintext messages over, a row of them for each row of records, and passes the rest on. */
function createSide(
  write: (messages: HandshakeMessage[], version: number) => Buffer,
  /** Whether this record goes on. */
  other: (record: TlsRecord, plain: boolean) => boolean,
  /** Whether a ChangeCipherSpec means nothing now. */
  passesOver: () => boolean,
): (chunk: Buffer) => Buffer {
  const records = createRecordReader();
  const messages = createMessageReader();
  /** False behind ChangeCipherSpec, and where TLS 1.3 begins to protect. */
  let plain = true;

  const messagesOf = (fragment: Buffer) =>
    messages(fragment).flatMap((one) => (one.type === 'message' ? [one.message] : []));

  function passed(read: ReadRecord): Buffer {
    if (read.type === 'stray') return read.octets;
    const { record } = read;
    const goesOn = other(record, plain);
    if (record.type === CONTENT_TYPE.applicationData) plain = false;
    else if (record.type === CONTENT_TYPE.changeCipherSpec && !passesOver()) plain = false;
    return goesOn ? encodeRecord(record) : Buffer.alloc(0);
  }

  return (chunk) => {
    const parts: Buffer[] = [];
    let row: HandshakeMessage[] = [];
    let version = 0;
    const flush = () => {
      if (row.length > 0) parts.push(write(row, version));
      row = [];
    };
    for (const read of records(chunk)) {
      if (read.type === 'record' && plain && read.record.type === CONTENT_TYPE.handshake) {
        if (row.length === 0) version = read.record.version;
        row.push(...messagesOf(read.record.fragment));
      } else {
        flush();
        parts.push(passed(read));
      }
    }
    flush();
    return Buffer.concat(parts);
  };
}

/** A record as the data of a scenario names it, as often as it says. */
export function recordsOf(record: { type: number; octets: Buffer; version: number; times: number }): Buffer {
  const { type, octets, version, times } = record;
  const one = Buffer.concat([uint(1, type), uint(2, version), vector(2, octets)]);
  return Buffer.concat(Array.from({ length: times }, () => one));
}
