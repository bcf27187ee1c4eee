/** PLAIN (RFC 4616). */
import { timingSafeEqual } from 'node:crypto';
import { bareJid, isBareJid, isUser } from './identity.ts';
import { failure, type Mechanism } from './mechanism.ts';
import { saslPrep } from './saslprep.ts';

/**
 * One message: `[authzid] NUL authcid NUL passwd` (section 2). What breaks this grammar is a `malformed-request`, a
 * wrong or unknown user or password `not-authorized`, and, with the right password, someone else's authorization
 * identity `invalid-authzid`.
 */
export const plain: Mechanism = (account) => (message) => {
  const [authzid, authcid, password, ...rest] = message.split('\0');
  if (!authcid || !password || rest.length > 0) {
    return failure('malformed-request', 'PLAIN is [authzid] NUL authcid NUL password');
  }
  const rightPassword = samePassword(password, account.password);
  if (!isUser(account, authcid) || !rightPassword) return failure('not-authorized', 'Wrong user name or password');
  if (authzid && !isBareJid(account, authzid)) {
    return failure('invalid-authzid', 'The authorization identity is not the bare JID of the user');
  }
  return { type: 'success', data: null, user: account.localpart, authzid: authzid ? bareJid(account) : null };
};

function samePassword(presented: string, stored: string): boolean {
  const [a, b] = [presented, stored].map((password) => saslPrep(password));
  if (!a || !b) return false;
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
