/** What a receiving server makes of the certificate of a server, and of what that server says that it is. */
import { X509Certificate } from 'node:crypto';
import test from 'ava';
import { createAuthority } from '../../../src/pki/authority.ts';
import { faultOf, initiatingServer } from '../../../src/pki/initiating-server.ts';

const authority = await createAuthority();
const certificate = new X509Certificate(initiatingServer(authority, 'own.example').chain);

const CLAIMS: [string, string, RegExp | null][] = [
  ['the domain', 'own.example', null],
  ['another domain', 'far.example', /^It is not for far\.example\.$/],
  ['a name with NUL', 'own.example\0.far.example', /^It is not for /],
  ['NUL', '\0', /^It is not for /],
  ['nothing', '', /^It is not for \.$/],
  ['what is no domain', '\ud800'.repeat(10_000), /^It is not for /],
];
for (const [what, claimed, fault] of CLAIMS)
  test(`it says that it is ${what}: ${fault ? 'no' : 'yes'}`, (t) => {
    const found = faultOf(authority, certificate, claimed);
    if (fault) t.regex(found ?? '', fault);
    else t.is(found, null);
  });

test('a certificate of another CA proves nothing', async (t) => {
  t.is(faultOf(await createAuthority(), certificate, 'own.example'), 'It is not from the test CA.');
});
