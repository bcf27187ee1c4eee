/** Certificates that no client can find anything wrong with, in the wrong hands. */
import { type CredentialRow, leaf } from './row.ts';

export const trustedCredentials: CredentialRow[] = [
  {
    /**
     * As in the interception of jabber.ru in 2023: a CA can be made to certify a key of the attacker's by whoever holds
     * the path to the server. Only what binds the login to the channel, or remembers the key, tells the two apart.
     */
    name: 'trusted-mitm',
    title: 'A good certificate for the domain from the trusted CA, for a key of the attacker',
    defect: null,
    peer: 'trusted-mitm',
    twin: null,
    mint: (context) => leaf(context),
  },
];
