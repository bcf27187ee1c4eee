/** A login with a client's certificate, on the wire: asked for, offered to whom it is meant for, and to nobody else. */
import test, { type ExecutionContext } from 'ava';
import { createAuthority } from '../../../src/pki/authority.ts';
import { issueClientCertificate } from '../../../src/pki/client-certificate.ts';
import { DOMAIN, dialTls, GOOD, HEADER, JID, start } from './session.ts';

const authority = await createAuthority();
const own = issueClientCertificate(authority, JID);
const another = issueClientCertificate(authority, JID);
const external = (initial: string) =>
  `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>${initial}</auth>`;
const base64 = (text: string) => Buffer.from(text).toString('base64');

async function meet(t: ExecutionContext, presents: typeof own | null, options: { credential?: string } = {}) {
  const { interceptor, transcript } = await start({
    transport: 'direct',
    clientCa: authority.caPem,
    settings: {
      account: { ...GOOD.account, certificate: own.sha256 },
      mechanisms: { clear: [], tls: ['EXTERNAL', 'PLAIN'] },
    },
    ...options,
  });
  t.teardown(interceptor.close);
  const talk = await dialTls(interceptor.port(), {
    rejectUnauthorized: false,
    ...(presents && { cert: presents.chain, key: presents.key }),
  });
  talk.say(HEADER);
  const features = await talk.hear(/<\/stream:features>/);
  const shown = transcript.observations.some((o) => o.type === 'handshake' && o.clientCertificate);
  return { talk, features, shown };
}

const offers: [string, typeof own | null, { credential?: string }, shown: boolean, offered: boolean][] = [
  ['its own certificate', own, {}, true, true],
  ['none', null, {}, false, false],
  ['a certificate of the same name that was not issued to it', another, {}, true, false],
  // The server behind has another TLS connection, which the client has signed nothing of.
  ['its own certificate to a man in the middle', own, { credential: 'trusted-mitm' }, true, false],
];
for (const [title, presents, options, shown, offered] of offers) {
  test(`a client that presents ${title}`, async (t) => {
    const met = await meet(t, presents, options);
    t.is(met.shown, shown);
    t.is(met.features.includes('EXTERNAL'), offered);
    t.true(met.features.includes('PLAIN'));
    met.talk.say(external('='));
    t.regex(await met.talk.hear(/<success|<failure/), offered ? /<success/ : /<failure/);
  });
}

const identities: [string, string, RegExp][] = [
  ['none', '=', /<success/],
  ['its own', base64(JID), /<success/],
  ["somebody else's", base64(`romeo@${DOMAIN}`), /<invalid-authzid/],
];
for (const [title, initial, answer] of identities) {
  test(`an authorization identity: ${title}`, async (t) => {
    const { talk } = await meet(t, own);
    talk.say(external(initial));
    t.regex(await talk.hear(/<success|<invalid-authzid/), answer);
  });
}

test('without a CA nothing is asked for', async (t) => {
  const { interceptor, transcript } = await start({ transport: 'direct' });
  t.teardown(interceptor.close);
  const talk = await dialTls(interceptor.port(), { rejectUnauthorized: false, cert: own.chain, key: own.key });
  talk.say(HEADER);
  await talk.hear(/<\/stream:features>/);
  t.false(transcript.observations.some((o) => o.type === 'handshake' && o.clientCertificate));
});
