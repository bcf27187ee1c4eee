/** Whom a client says it is, held against the one account there is. */
import { domainToASCII } from 'node:url';
import type { Account } from './mechanism.ts';
import { saslPrep } from './saslprep.ts';

export function bareJid(account: Account): string {
  return `${account.localpart}@${account.domain}`;
}

/**
 * Whether an authentication identity names the account: by its localpart, or by its bare JID.
 *
 * RFC 6120, section 6.3.7 has clients assume the localpart but leaves the form of a user name to each deployment. Some
 * send the bare JID; Prosody refuses that (no localpart may hold an `@`), ejabberd takes it in PLAIN. It is taken here,
 * in every mechanism: what is asked is whether the client keeps to TLS, and one that cannot log in shows nothing of it.
 */
export function isUser(account: Account, authcid: string): boolean {
  return same(authcid, account.localpart) || isBareJid(account, authcid);
}

/** RFC 6120, section 6.3.8: a client's authorization identity is a bare JID, and nobody here acts for another. */
export function isBareJid(account: Account, authzid: string): boolean {
  const at = authzid.lastIndexOf('@');
  return (
    same(authzid.slice(0, Math.max(0, at)), account.localpart) && sameDomain(authzid.slice(at + 1), account.domain)
  );
}

/** A-labels are those of the same domain: clients convert their JID, or do not. */
const sameDomain = (presented: string, expected: string) =>
  same(presented, expected) || (isDomain(presented) && domainToASCII(presented) === domainToASCII(expected));

/** What is none is an error to others, but Node cuts a path off and answers. */
const isDomain = (text: string) => /^[\p{L}\p{M}\p{N}.-]+$/u.test(text);

/** Localparts and domains are compared without regard to case (RFC 7622, sections 3.2 and 3.3). */
function same(presented: string, expected: string): boolean {
  const prepared = saslPrep(presented);
  return prepared !== null && prepared.toLowerCase() === saslPrep(expected)?.toLowerCase();
}
