/** The two messages of a SCRAM client (RFC 5802, section 7), read as strictly as the grammar is written. */
import { type Failure, failure } from './mechanism.ts';

export interface ClientFirst {
  /** Both commas included: `cbind-input` begins with these very octets. */
  gs2Header: string;
  /** `p` with the type that the client binds to, or one of the flags without. */
  binding: { flag: 'p'; type: string } | { flag: 'n' | 'y' };
  /** Null if absent or empty, which RFC 6120, section 6.6 calls equivalent (the grammar knows no empty one). */
  authzid: string | null;
  username: string;
  nonce: string;
  /** `client-first-message-bare`, as it enters the signatures. */
  bare: string;
}

export interface ClientFinal {
  /** Still in base 64: the server makes the value it expects and compares (section 6). */
  channelBinding: string;
  nonce: string;
  proof: Buffer;
  /** `client-final-message-without-proof`, as it enters the signatures. */
  withoutProof: string;
}

const GS2_HEADER = /^(?:p=(?<type>[A-Za-z0-9.-]+)|(?<flag>[ny])),(?:a=(?<authzid>[^,]*))?,/;
const NONCE = /^r=([\x21-\x2b\x2d-\x7e]+)$/;
/** Any letter that section 5.1 has not given a place of its own. */
const OPTIONAL_EXTENSION = /^(?![anmrcsipve])[A-Za-z]=./s;

/** Section 5.1: mandatory extensions are not understood, and optional ones ignored. */
export function parseClientFirst(message: string): ClientFirst | Failure {
  const header = GS2_HEADER.exec(message);
  if (!header?.groups || message.includes('\0')) return malformed('invalid GS2 header');
  const { type, flag, authzid } = header.groups;

  const bare = message.slice(header[0].length);
  const [user, nonce, ...extensions] = attributes(bare);
  if (hasMandatoryExtension(bare)) return mandatoryExtension();
  const clientNonce = NONCE.exec(nonce ?? '')?.[1];
  if (!user?.startsWith('n=') || !clientNonce) return malformed('the message is not n=...,r=...');
  if (!extensions.every((extension) => OPTIONAL_EXTENSION.test(extension))) return malformed('invalid extension');

  const username = decodeSaslName(user.slice(2));
  if (!username) return malformed('invalid-username-encoding');
  const identity = decodeSaslName(authzid ?? '');
  if (identity === null) return malformed('invalid encoding of the authorization identity');

  return {
    gs2Header: header[0],
    binding: type === undefined ? { flag: flag === 'y' ? 'y' : 'n' } : { flag: 'p', type },
    authzid: identity === '' ? null : identity,
    username,
    nonce: clientNonce,
    bare,
  };
}

export function parseClientFinal(message: string): ClientFinal | Failure {
  if (message.includes('\0')) return malformed('NUL in the message');
  if (hasMandatoryExtension(message)) return mandatoryExtension();
  const all = attributes(message);
  const [binding, nonce, ...extensions] = all.slice(0, -1);
  const proof = all.length < 3 ? undefined : all.at(-1);
  const sameNonce = NONCE.exec(nonce ?? '')?.[1];
  if (!binding?.startsWith('c=') || !sameNonce || !proof?.startsWith('p=')) {
    return malformed('the message is not c=...,r=...,p=...');
  }
  if (!extensions.every((extension) => OPTIONAL_EXTENSION.test(extension))) return malformed('invalid extension');

  const channelBinding = binding.slice(2);
  const encodedProof = proof.slice(2);
  if (!isBase64(channelBinding) || !isBase64(encodedProof)) return malformed('invalid-encoding');
  return {
    channelBinding,
    nonce: sameNonce,
    proof: Buffer.from(encodedProof, 'base64'),
    withoutProof: message.slice(0, -(proof.length + 1)),
  };
}

function attributes(message: string): string[] {
  return message.split(',');
}

function hasMandatoryExtension(message: string): boolean {
  return attributes(message).some((attribute) => attribute.startsWith('m='));
}

/** `=2C` and `=3D` stand for comma and equals sign; null where any other `=` stands. */
function decodeSaslName(name: string): string | null {
  if (/=(?!2C|3D)/.test(name)) return null;
  return name.replace(/=2C|=3D/g, (quoted) => (quoted === '=2C' ? ',' : '='));
}

/** Section 2.1: only the canonical form. */
function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}

function malformed(text: string): Failure {
  return failure('malformed-request', text);
}

function mandatoryExtension(): Failure {
  return failure('not-authorized', 'extensions-not-supported');
}
