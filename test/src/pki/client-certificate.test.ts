import { X509Certificate } from 'node:crypto';
import test from 'ava';
import { createAuthority } from '../../../src/pki/authority.ts';
import { issueClientCertificate } from '../../../src/pki/client-certificate.ts';
import { namesIn } from '../../reference-client/certificate.ts';

test("a client's certificate names the account, is for clients, and of the run's CA", async (t) => {
  const authority = await createAuthority();
  const issued = issueClientCertificate(authority, 'juliet@im.xmpp.test');
  const certificate = new X509Certificate(issued.leafDer);
  t.deepEqual(namesIn(issued.leafDer), {
    ...{ dns: [], srv: [], ip: [], other: [], commonNames: [], subject: ['xmpp-mallory'] },
    xmpp: ['juliet@im.xmpp.test'],
  });
  t.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.2']);
  t.true(certificate.verify(new X509Certificate(authority.caPem).publicKey));
});
