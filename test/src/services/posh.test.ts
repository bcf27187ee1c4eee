/** The documents of POSH, fetched as anybody would: over HTTPS that holds, but for the one that is meant not to. */
import { once } from 'node:events';
import { get as getClear, type IncomingMessage } from 'node:http';
import { get as getSecured } from 'node:https';
import { connect } from 'node:net';
import test from 'ava';
import { createAuthority } from '../../../src/pki/authority.ts';
import { issue } from '../../../src/pki/issue.ts';
import { type OnHttp, POSH_DOCUMENTS, type PoshDocument, startPoshService } from '../../../src/services/posh.ts';

const authority = await createAuthority();
const domain = 'hosted.im.xmpp.example';
const sha256 = 'ab'.repeat(32);
const fingerprint = Buffer.from(sha256, 'hex').toString('base64');
const WELL_KNOWN = '/.well-known/posh/xmpp-server.json';

async function fetched(url: URL, host = url.host) {
  const common = { host: '127.0.0.1', port: url.port, path: url.pathname, headers: { host } };
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    (url.protocol === 'https:'
      ? getSecured({ ...common, ca: authority.caPem, servername: url.hostname }, resolve)
      : getClear(common, resolve)
    ).on('error', reject),
  );
  const chunks: Buffer[] = await response.toArray();
  return { status: response.statusCode, location: response.headers.location, body: Buffer.concat(chunks).toString() };
}

async function site(t: { teardown(end: () => Promise<void>): void }, document: PoshDocument) {
  const service = await startPoshService();
  t.teardown(service.close);
  const observed: OnHttp[] = [];
  const identity = await issue(authority, document === 'untrusted-https' ? 'self-signed' : 'valid', { domain });
  const remove = service.add({ domain, document, sha256, identity, observed: (happening) => observed.push(happening) });
  const url = new URL(`https://${domain}:${service.address.split(':')[1]}${WELL_KNOWN}`);
  return { service, url, observed, remove };
}

const names = (body: string) => JSON.parse(body).fingerprints?.[0]?.['sha-256'] === fingerprint;

for (const document of ['match', 'mismatch', 'stale'] as const) {
  test(`${document}: ${POSH_DOCUMENTS[document].title}`, async (t) => {
    const { url, observed } = await site(t, document);
    const { status, body } = await fetched(url);
    t.is(status, 200);
    t.is(names(body), document !== 'mismatch');
    t.is(JSON.parse(body).expires > 0, document !== 'stale');
    t.deepEqual(
      observed.map(({ type }) => type),
      ['http-request', 'http-response'],
    );
  });
}

/** Where it leads, and whether what is there names the certificate: whoever follows where nobody should is caught by it. */
const LEADING: [PoshDocument, 'https:' | 'http:', again: boolean][] = [
  ['redirected', 'https:', false],
  ['redirect-to-http', 'http:', false],
  ['redirect-loop', 'https:', true],
  ['delegated', 'https:', false],
  ['stale-delegation', 'https:', false],
  ['delegation-to-http', 'http:', false],
  ['delegation-loop', 'https:', true],
];
for (const [document, protocol, again] of LEADING) {
  test(`${document}: ${POSH_DOCUMENTS[document].title}`, async (t) => {
    const { url } = await site(t, document);
    const { location, body } = await fetched(url);
    const next = new URL(location ?? JSON.parse(body).url);
    t.is(next.protocol, protocol);
    t.is(next.hostname, domain);
    if (location === undefined) t.is(JSON.parse(body).expires > 0, document !== 'stale-delegation');
    if (again) return t.is(next.href, url.href);
    t.true(names((await fetched(next)).body));
  });
}

test(`untrusted-https: ${POSH_DOCUMENTS['untrusted-https'].title}`, async (t) => {
  const { url } = await site(t, 'untrusted-https');
  await t.throwsAsync(fetched(url), { message: /self-signed/ });
});

test('nobody is served but who has a site, and nobody for ever', async (t) => {
  const { service, url, observed, remove } = await site(t, 'match');
  t.is((await fetched(new URL('/other', url))).status, 404);
  await t.throwsAsync(fetched(url, 'other.example'));
  await t.throwsAsync(fetched(new URL(url.href.replace('hosted', 'unknown'))));
  for (let requests = 0; requests < 63; requests += 1) await fetched(url);
  await t.throwsAsync(fetched(url));
  t.is(observed.length, 128);
  remove();
  await t.throwsAsync(fetched(url));
  t.notThrows(() =>
    service.add({ domain, document: 'match', sha256, identity: { key: '', chain: '' }, observed() {} }),
  );
});

test('nobody keeps it open, least of all who connects and does not even begin TLS', async (t) => {
  const { service, url } = await site(t, 'match');
  const silent = connect(Number(url.port), '127.0.0.1').on('error', () => undefined);
  t.teardown(async () => void silent.destroy());
  await once(silent, 'connect');
  // Its turn of the event loop: this one has been accepted by then.
  await fetched(url);
  const closed = once(silent, 'close');
  await service.close();
  await closed;
  t.pass();
});
