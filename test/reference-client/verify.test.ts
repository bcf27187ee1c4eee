/** The table of checks, without a fault in it, and OpenSSL, which shares no code with it, say the same of every credential. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, isIP } from 'node:net';
import { checkServerIdentity, connect, createServer } from 'node:tls';
import test from 'ava';
import { createAuthority, credentials, issue } from '../../src/index.ts';
import { exampleDomain } from '../src/pki/example-domain.ts';
import { namesIn } from './certificate.ts';
import { isNamed } from './names.ts';
import { checkChain, correct } from './path.ts';
import { sentChain } from './verify.ts';

const DOMAIN = 'im.example.test';
const authority = await createAuthority();

/** Where RFC 9525 is stricter than Node, or than OpenSSL before it knew the SRV-ID. */
const OTHERWISE: Record<string, 'accepted' | 'refused'> = {
  'cn-only': 'refused',
  'wildcard-partial': 'refused',
  'valid-srv-id-only': 'accepted',
  'valid-xmppaddr-only': 'accepted',
  'cn-with-other-srv-id': 'refused',
  'wildcard-partial-beginning': 'refused',
  'wildcard-partial-middle': 'refused',
  'trailing-dot': 'refused',
  'name-constraints-common-name': 'refused',
};

/** What Node at this level takes for good, though RFC 9325 and RFC 5280 say that nobody may use or issue it. */
const LAX = [
  ...['rsa-512', 'rsa-768', 'rsa-1024', 'rsa-2047', 'rsa-1024-intermediate', 'rsa-exponent-1', 'rsa-exponent-3'],
  ...['p-192', 'p-224', 'dsa', 'md5-signature', 'sha1-signature', 'sha1-intermediate', 'no-digital-signature'],
  ...['version-4', 'version-1-with-extensions', 'empty-issuer', 'extension-trailing'],
];

/** More than the 100 KB that OpenSSL reads. */
const TOO_LONG = ['huge-chain'];

/** For keys that neither side would speak with otherwise. */
const WEAK = {
  ciphers: 'HIGH:!aNULL:@SECLEVEL=0',
  dhparam: 'auto',
  ecdhCurve: 'X25519:P-256:P-384:P-224:P-192',
  sigalgs: 'ECDSA+SHA256:RSA-PSS+SHA256:rsa_pss_pss_sha256:RSA+SHA256:DSA+SHA256:ECDSA+SHA1:RSA+SHA1',
};

for (const [name, row] of Object.entries(credentials).filter(([each]) => !TOO_LONG.includes(each))) {
  const domain = exampleDomain(row) ?? DOMAIN;

  test(`${name}: agrees with OpenSSL on the chain, and with Node on the name`, async (t) => {
    const { key, chain, served } = await issue(authority, name, { domain });
    const server = createServer({ key, cert: chain, ...(served && { ...served, ...WEAK }) }, (socket) =>
      socket.on('error', () => undefined).resume(),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const client = connect({
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      servername: isIP(domain) ? '' : domain,
      ca: authority.caPem,
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ...(served && WEAK),
    });
    t.teardown(() => {
      client.destroy();
      server.close();
    });
    await once(client, 'secureConnect');
    const byNode = checkServerIdentity(domain, client.getPeerCertificate()) === undefined;
    const sent = sentChain(client);

    const holds = checkChain(sent, [new X509Certificate(authority.caPem)], correct);
    t.is(holds, client.authorized && !LAX.includes(name));
    const named = isNamed(namesIn(sent[0]?.raw ?? Buffer.alloc(0)), domain);
    t.is(named ? 'accepted' : 'refused', OTHERWISE[name] ?? (byNode ? 'accepted' : 'refused'));
  });
}

test('reads every kind of name', async (t) => {
  const names = async (name: string) => {
    const { leafDer } = await issue(authority, name, { domain: DOMAIN, dialled: ['127.0.0.1', '::1'] });
    return namesIn(leafDer);
  };
  t.deepEqual(await names('valid'), {
    dns: [DOMAIN],
    srv: [],
    xmpp: [],
    ip: ['127.0.0.1', '00000000000000000000000000000001'],
    other: [],
    commonNames: [DOMAIN],
    subject: ['xmpp-mallory', DOMAIN],
  });
  t.deepEqual((await names('valid-srv-id-only')).srv, [`_xmpp-client.${DOMAIN}`]);
  t.deepEqual((await names('valid-xmppaddr-only')).xmpp, [DOMAIN]);
  t.deepEqual((await names('uri-only')).other, [`xmpp:${DOMAIN}`]);
  t.deepEqual((await names('nul-in-san')).dns, [`${DOMAIN}\0.evil.test`]);
});
