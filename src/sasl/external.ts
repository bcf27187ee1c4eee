/** EXTERNAL (RFC 4422, appendix A) with a client's certificate (XEP-0178). */
import { bareJid, isBareJid } from './identity.ts';
import { failure, type Mechanism } from './mechanism.ts';

/**
 * One message: the authorization identity, which is empty where the client wants to be whom its certificate names. Whose
 * certificate is not the account's is `not-authorized`, and who wants to be somebody else `invalid-authzid`.
 */
export const external: Mechanism =
  (account, { certified = false }) =>
  (authzid) => {
    if (!certified) return failure('not-authorized', 'There is no certificate of this account');
    if (authzid && !isBareJid(account, authzid)) {
      return failure('invalid-authzid', 'The authorization identity is not the bare JID of the user');
    }
    return { type: 'success', data: null, user: account.localpart, authzid: authzid ? bareJid(account) : null };
  };
