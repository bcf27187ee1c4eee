/**
 * The independent proof of the credential table: OpenSSL and GnuTLS accept what nothing is wrong with, and refuse every
 * defect. Where one of them does not, the row says so (`otherwise`), and that is held against them just as strictly.
 */
import test from 'ava';
import { createAuthority } from '../../../src/pki/authority.ts';
import { type CredentialRow, credentials } from '../../../src/pki/credentials/index.ts';
import { issue } from '../../../src/pki/issue.ts';
import { exampleDomain } from './example-domain.ts';
import { certtoolVerify, opensslVerify, type Question, whyNoCerttool, whyNoOpenssl } from './tools.ts';

const DOMAIN = 'k3v9q.im.xmpp.test';
const authority = await createAuthority();

const judges = {
  openssl: { missing: whyNoOpenssl, accepts: async (question: Question) => (await opensslVerify(question)) === 'OK' },
  gnutls: { missing: whyNoCerttool, accepts: certtoolVerify },
};

const ruleOf = ({ defect }: CredentialRow) => (defect === null ? 'accepts' : 'refuses');

for (const row of Object.values(credentials)) {
  for (const judge of ['openssl', 'gnutls'] as const) {
    const verdict = row.otherwise?.[judge] ?? ruleOf(row);
    test(`${judge} ${verdict} ${row.name}`, async (t) => {
      t.not(row.otherwise?.[judge], ruleOf(row), 'this is what it would say in any case');
      const { missing, accepts } = judges[judge];
      if (missing) {
        t.log(`skipped: ${missing}`);
        return t.pass();
      }
      const domain = exampleDomain(row) ?? DOMAIN;
      const { chain } = await issue(authority, row.name, { domain });
      t.is((await accepts({ ca: authority.caPem, chain, domain })) ? 'accepts' : 'refuses', verdict);
    });
  }
}
