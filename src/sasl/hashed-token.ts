/** The mechanisms HT-SHA-256-* (draft-schmaus-kitten-sasl-ht), with which FAST logs in (XEP-0484). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type ChannelBindingData, channelBindingOf } from './channel-bindings.ts';
import { isUser } from './identity.ts';
import { type Account, type Exchange, failure } from './mechanism.ts';

/** By the end of the name; null binds to nothing. Strongest first. */
const BINDINGS: Record<string, string | null> = {
  'HT-SHA-256-EXPR': 'tls-exporter',
  'HT-SHA-256-ENDP': 'tls-server-end-point',
  'HT-SHA-256-NONE': null,
};

/** The mechanisms that this connection can be used with. */
export function hashedTokenMechanisms(data: ChannelBindingData | null): string[] {
  return Object.keys(BINDINGS).filter((name) => bindingOf(name, data) !== null);
}

/** What the client sends (`Initiator`) or the server (`Responder`) to prove that it knows the token. */
export function tokenHash(token: string, who: 'Initiator' | 'Responder', binding: Buffer): Buffer {
  return createHmac('sha256', token).update(who).update(binding).digest();
}

/** One message: `authcid NUL hash`. `tokens`: those that were issued for this mechanism. Null if there is no such. */
export function startHashedToken(
  name: string,
  account: Account,
  { tokens, data }: { tokens: readonly string[]; data: ChannelBindingData | null },
): Exchange | null {
  const binding = bindingOf(name, data);
  if (binding === null) return null;
  return {
    respond(message) {
      const end = message?.indexOf(0) ?? -1;
      if (!message || end < 0) return failure('malformed-request', 'It is authcid NUL hash');
      const hash = message.subarray(end + 1);
      const token = tokens.find((one) => equal(hash, tokenHash(one, 'Initiator', binding)));
      if (token === undefined || !isUser(account, message.toString('utf8', 0, end)))
        return failure('credentials-expired', 'Nobody was given this token');
      return {
        type: 'success',
        data: tokenHash(token, 'Responder', binding),
        user: account.localpart,
        authzid: null,
      };
    },
  };
}

function bindingOf(name: string, data: ChannelBindingData | null): Buffer | null {
  const type = BINDINGS[name];
  if (type === undefined) return null;
  return type === null ? Buffer.alloc(0) : channelBindingOf(data, type);
}

const equal = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b);
