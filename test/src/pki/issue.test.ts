/** How a credential is made for a domain: names, addresses, and when it is made anew. */
import { X509Certificate } from 'node:crypto';
import { domainToASCII } from 'node:url';
import test from 'ava';
import { createAuthority } from '../../../src/pki/authority.ts';
import { credential, credentials } from '../../../src/pki/credentials/index.ts';
import { issue } from '../../../src/pki/issue.ts';
import { exampleDomain } from './example-domain.ts';

const domain = 'k3v9q.im.xmpp.test';
const authority = await createAuthority();

test('a name goes on after the NUL in the octets of the certificate', async (t) => {
  const name = `${domain}\0.evil.test`;
  const dnsName = Buffer.concat([Buffer.of(0x82, name.length), Buffer.from(name)]);
  const commonName = Buffer.concat([Buffer.of(0x06, 3, 0x55, 4, 3, 0x0c, name.length), Buffer.from(name)]);
  t.true((await issue(authority, 'nul-in-san', { domain })).leafDer.includes(dnsName));
  t.true((await issue(authority, 'nul-in-cn', { domain })).leafDer.includes(commonName));
});

test('only a defect of name leaves out the dialled addresses', async (t) => {
  // Node finds no name at all where there are two subjectAltNames.
  for (const row of Object.values(credentials).filter(({ name }) => name !== 'duplicate-extension')) {
    const { leafDer } = await issue(authority, row.name, {
      domain: exampleDomain(row) ?? domain,
      dialled: ['127.0.0.1', 'localhost', '::1'],
    });
    const certificate = new X509Certificate(leafDer);
    const named = ['127.0.0.1', '::1'].every((ip) => certificate.checkIP(ip)) && certificate.checkHost('localhost');
    t.is(Boolean(named), row.defect !== 'name' || row.name === 'dialled-address-only', row.name);
  }
});

test('a domain is named as certificates have it', async (t) => {
  const names = async (domain: string) =>
    new X509Certificate((await issue(authority, 'valid', { domain })).leafDer).subjectAltName;
  t.is(await names('b\u00fccher.im.xmpp.test'), 'DNS:xn--bcher-kva.im.xmpp.test');
  t.is(await names('xn--bcher-kva.im.xmpp.test'), 'DNS:xn--bcher-kva.im.xmpp.test');
  t.is(await names('127.8.9.10'), 'IP Address:127.8.9.10');
});

test('what is about one kind of domain is not issued for another', (t) => {
  for (const name of ['look-alike-name', 'ip-as-dns-id', 'wildcard-tld'].filter((name) => credential(name).domain))
    t.throws(() => issue(authority, name, { domain }), { instanceOf: RangeError, message: /another kind of domain/ });
});

test('a look-alike has the same letters to the eye, and other octets', async (t) => {
  const { leafDer } = await issue(authority, 'look-alike-name', { domain: 'b\u00fccher.im.xmpp.test' });
  t.is(new X509Certificate(leafDer).subjectAltName, `DNS:${domainToASCII('b\u0171cher.im.xmpp.test')}`);
});

test('10,000 names fit into what OpenSSL takes for a chain, and are made once for all domains', async (t) => {
  const first = await issue(authority, 'among-10000', { domain });
  t.is(first, await issue(authority, 'among-10000', { domain: 'other.im.xmpp.test' }));
  t.true(first.flightBytes < 100 * 1024);
  t.is(new X509Certificate(first.leafDer).subjectAltName?.split(', ').length, 10_000);
});

test('an empty subject makes the subjectAltName critical', async (t) => {
  const { leafDer } = await issue(authority, 'valid-no-subject', { domain });
  t.true(leafDer.includes(Buffer.of(0x06, 3, 0x55, 0x1d, 0x11, 0x01, 1, 0xff)));
  t.false((await issue(authority, 'valid', { domain })).leafDer.includes(Buffer.of(0x55, 0x1d, 0x11, 0x01)));
});

test('the names of elsewhere go where they belong', async (t) => {
  const { leafDer } = await issue(authority, 'valid-for-elsewhere', { domain, elsewhere: ['a.b.test', 'c.d.test'] });
  t.is(new X509Certificate(leafDer).subjectAltName, 'DNS:a.b.test, DNS:c.d.test');
});

test('a credential is minted once for the same use, and anew for another', async (t) => {
  const first = await issue(authority, 'valid', { domain });
  t.is(await issue(authority, 'valid', { domain, dialled: [] }), first);
  t.not(await issue(authority, 'valid', { domain: 'other.im.xmpp.test' }), first);
  t.not(await issue(await createAuthority(), 'valid', { domain }), first);
});

test('an unknown name says what there is', (t) => {
  const error = t.throws(() => credential('constructor'), { instanceOf: RangeError });
  t.regex(error.message, /no credential "constructor".*self-signed/);
});

test('nothing but the certificate of the root is in what the client gets', (t) => {
  t.is(authority.caPem.match(/-----BEGIN /g)?.length, 1);
  const root = new X509Certificate(authority.caPem);
  t.true(root.ca && root.verify(root.publicKey));
});
