/** The messages of a handshake by the names that scenario files and transcripts use. */
import { HANDSHAKE_TYPE } from './record.ts';

const TYPES = {
  'hello-request': HANDSHAKE_TYPE.helloRequest,
  'client-hello': HANDSHAKE_TYPE.clientHello,
  'server-hello': HANDSHAKE_TYPE.serverHello,
  'new-session-ticket': HANDSHAKE_TYPE.newSessionTicket,
  'encrypted-extensions': HANDSHAKE_TYPE.encryptedExtensions,
  certificate: HANDSHAKE_TYPE.certificate,
  'server-key-exchange': HANDSHAKE_TYPE.serverKeyExchange,
  'certificate-request': HANDSHAKE_TYPE.certificateRequest,
  'server-hello-done': HANDSHAKE_TYPE.serverHelloDone,
  'certificate-verify': HANDSHAKE_TYPE.certificateVerify,
  'client-key-exchange': HANDSHAKE_TYPE.clientKeyExchange,
  finished: HANDSHAKE_TYPE.finished,
  'certificate-status': HANDSHAKE_TYPE.certificateStatus,
} as const;

export type MessageName = keyof typeof TYPES;

const NAMES = new Map(Object.entries(TYPES).map(([name, type]) => [type as number, name as MessageName]));

/** Undefined for what has no name here. */
export const messageName = (type: number): MessageName | undefined => NAMES.get(type);

/** What a server sends in plaintext (RFC 8446, section 4; RFC 5246, section 7.3). */
export const SERVER_MESSAGES = [
  'server-hello',
  'certificate',
  'server-key-exchange',
  'server-hello-done',
] as const satisfies readonly MessageName[];

export type ServerMessage = (typeof SERVER_MESSAGES)[number];
