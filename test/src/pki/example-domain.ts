import type { CredentialRow } from '../../../src/pki/credentials/index.ts';

const EXAMPLES = {
  idn: 'xn--bcher-k3v9q-thb.im.xmpp.test',
  'ip-address': '127.8.9.10',
  'second-level': 'k3v9q.test',
};

/** A domain of the kind that a credential is about; null if any will do. */
export const exampleDomain = ({ domain }: CredentialRow): string | null => (domain ? EXAMPLES[domain] : null);
