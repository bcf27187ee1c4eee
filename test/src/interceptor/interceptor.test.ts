import test from 'ava';
import { BIND, DOMAIN, dial, dialTls, HEADER, JID, PASSWORD, PLAIN, STARTTLS, start, words } from './session.ts';

test('a login over STARTTLS, from the first octet to the last', async (t) => {
  const { interceptor, transcript, ca } = await start();
  const clear = await dial(interceptor.port());
  clear.say(HEADER);
  const offer = await clear.hear(/<\/stream:features>/);
  t.regex(offer, /<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"><required\/><\/starttls>/);
  t.notRegex(offer, /mechanism/);
  clear.say(STARTTLS);
  await clear.hear(/<proceed[^>]*>/);
  const inside = await clear.upgrade({ ca });
  inside.say(HEADER);
  await inside.hear(/<mechanism>PLAIN<\/mechanism>.*<\/stream:features>/);
  inside.say(PLAIN);
  await inside.hear(/<success/);
  inside.say(HEADER);
  await inside.hear(/<bind.*<\/stream:features>/);
  inside.say(BIND);
  t.regex(await inside.hear(/<\/iq>/), new RegExp(`<jid>${JID}/r</jid>`));
  inside.say('</stream:stream>');
  t.is(await inside.ended(), '</stream:stream>');
  await interceptor.drain(1_000);

  t.deepEqual(words(transcript.observations), [
    'connected',
    'client stream-open clear',
    'mallory stream-open clear',
    'mallory features clear',
    'client starttls clear',
    'mallory proceed clear',
    'client client-hello',
    'mallory flight',
    'client handshake',
    'client stream-open tls',
    'mallory stream-open tls',
    'mallory features tls',
    'client auth tls',
    'mallory success tls',
    'mallory authenticated tls',
    'client stream-open authenticated',
    'mallory stream-open authenticated',
    'mallory features authenticated',
    'client iq authenticated',
    'mallory iq authenticated',
    'mallory bound authenticated',
    'client stream-close authenticated',
    'mallory stream-close authenticated',
    'mallory closed',
    'client closed',
  ]);
  const secrets = transcript.observations.filter((o) => 'secrets' in o);
  t.deepEqual(secrets, [], 'the password went to an honest peer, which is where it belongs');
  await interceptor.close();
});

test('direct TLS offers ALPN and no starttls', async (t) => {
  const { interceptor, ca } = await start({ transport: 'direct' });
  const inside = await dialTls(interceptor.port(), { ca, ALPNProtocols: ['xmpp-client'] });
  inside.say(HEADER);
  t.notRegex(await inside.hear(/<\/stream:features>/), /starttls/);
  await interceptor.close();
});

test('the offer is removed, and whoever asks all the same gets TLS', async (t) => {
  const { interceptor, transcript, ca } = await start({
    script: [{ on: 'features', in: 'clear', do: { remove: 'starttls' } }],
    settings: { mechanisms: { clear: ['PLAIN'], tls: ['PLAIN'] } },
  });
  const clear = await dial(interceptor.port());
  clear.say(HEADER);
  t.notRegex(await clear.hear(/<\/stream:features>/), /starttls/);
  clear.say(STARTTLS);
  await clear.hear(/<proceed[^>]*>/);
  await t.notThrowsAsync(clear.upgrade({ ca }));
  t.true(words(transcript.observations).includes('script remove'));
  await interceptor.close();
});

test('whoever logs in in clear is let in, and leaves the password in the transcript', async (t) => {
  const { interceptor, transcript } = await start({
    script: [{ on: 'features', in: 'clear', do: { remove: 'starttls' } }],
    settings: { mechanisms: { clear: ['PLAIN'], tls: ['PLAIN'] } },
  });
  const clear = await dial(interceptor.port());
  clear.say(HEADER);
  await clear.hear(/<\/stream:features>/);
  clear.say(PLAIN);
  await clear.hear(/<success/);
  clear.say(HEADER);
  t.notRegex(await clear.hear(/<\/stream:features>/), /starttls/);
  clear.say(BIND);
  await clear.hear(/<\/iq>/);
  const auth = transcript.observations.find((o) => o.layer === 'xmpp' && o.type === 'element' && o.name === 'auth');
  t.like(auth, {
    credential: 'sasl',
    mechanism: 'PLAIN',
    phase: 'clear',
    secrets: [{ secret: 'password', form: 'sasl' }],
  });
  t.true(words(transcript.observations).includes('mallory bound clear'));
  await interceptor.close();
});

test('a ClientHello glued to starttls reaches TLS whole', async (t) => {
  const { interceptor, ca } = await start();
  const clear = await dial(interceptor.port());
  clear.say(HEADER);
  await clear.hear(/<\/stream:features>/);
  clear.socket.cork();
  clear.say(STARTTLS);
  const upgrading = clear.upgrade({ ca, rejectUnauthorized: false });
  process.nextTick(() => clear.socket.uncork());
  // The proceed arrives where the ServerHello is expected: TLS of this client fails, but Mallory has read its hello.
  await t.throwsAsync(upgrading);
  await interceptor.close();
});

for (const [what, text] of [
  ['an HTTP request', 'GET / HTTP/1.1\r\n\r\n'],
  ['a DOCTYPE', "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><stream:stream>"],
  ['another root', "<foo xmlns='bar'>"],
  ['mismatched tags', `${HEADER}<a><b></a>`],
] as const) {
  test(`${what} ends the stream, and is on record`, async (t) => {
    const { interceptor, transcript } = await start();
    const clear = await dial(interceptor.port());
    clear.say(text);
    await clear.ended();
    await interceptor.drain(1_000);
    t.true(transcript.observations.some((o) => o.layer === 'xmpp' && o.type === 'malformed'));
    await interceptor.close();
  });
}

test('XML on a direct TLS port is recorded and refused', async (t) => {
  const { interceptor, transcript } = await start({ transport: 'direct' });
  const clear = await dial(interceptor.port());
  clear.say(HEADER);
  await clear.ended();
  t.like(transcript.observations[1], { type: 'bytes', why: 'xml-on-direct-tls' });
  await interceptor.close();
});

test('credentials in place of a ClientHello are seen', async (t) => {
  const { interceptor, transcript } = await start();
  const clear = await dial(interceptor.port());
  clear.say(HEADER);
  await clear.hear(/<\/stream:features>/);
  clear.say(STARTTLS);
  await clear.hear(/<proceed[^>]*>/);
  clear.say(PLAIN);
  await clear.ended();
  t.true(
    transcript.observations.some(
      (o) => o.layer === 'tcp' && o.type === 'bytes' && o.why === 'instead-of-tls' && o.secrets?.length === 1,
    ),
  );
  await interceptor.close();
});

test('no more than 32 connections at a time are served, and that is said once', async (t) => {
  const { interceptor, transcript } = await start();
  const many = await Promise.all(Array.from({ length: 40 }, () => dial(interceptor.port())));
  await Promise.all(many.slice(32).map((one) => one.ended()));
  t.is(interceptor.open(), 32);
  t.is(transcript.observations.filter((o) => o.layer === 'tcp' && o.type === 'refused').length, 1);
  await interceptor.close();
});

test('drain also waits for what has not been accepted yet', async (t) => {
  const { interceptor, transcript } = await start();
  const clear = await dial(interceptor.port());
  clear.socket.end(`${HEADER}${PLAIN}`);
  await interceptor.drain(1_000);
  t.true(transcript.observations.some((o) => o.layer === 'xmpp' && o.type === 'element' && o.credential === 'sasl'));
  await interceptor.close();
});

test('a retired interceptor keeps its port and serves nobody', async (t) => {
  const { interceptor, transcript } = await start();
  interceptor.retire();
  const late = await dial(interceptor.port());
  t.is(await late.ended(), '');
  t.deepEqual(transcript.observations, []);
  await interceptor.close();
});

test('variables are filled in', async (t) => {
  const { interceptor } = await start({
    canary: 'tweety',
    endpoints: { elsewhere: { credential: 'valid' } },
    script: [{ on: 'features', do: { replace: '<x>{domain} {jid} {canary} {endpoint.elsewhere} {unknown}</x>' } }],
  });
  const clear = await dial(interceptor.port());
  clear.say(HEADER);
  const heard = await clear.hear(/<\/x>/);
  t.true(heard.endsWith(`<x>${DOMAIN} ${JID} tweety 127.0.0.1:${interceptor.port('elsewhere')} {unknown}</x>`));
  t.false(heard.includes(PASSWORD));
  await interceptor.close();
});

test('what a client sends in clear while TLS begins is seen, once the script has tempted it', async (t) => {
  const { interceptor, transcript } = await start({
    script: [{ on: 'proceed', do: { inject: { xml: "<iq type='get' id='{canary}'/>" } } }],
  });
  const clear = await dial(interceptor.port());
  clear.say(HEADER);
  await clear.hear(/<\/stream:features>/);
  clear.say(STARTTLS);
  await clear.hear(/<iq[^>]*>/);
  const upgrading = clear.upgrade({ rejectUnauthorized: false });
  // Behind the ClientHello, which is written first.
  setImmediate(() => clear.say("<iq type='result' id='canary'/>"));
  // The handshake may win the race, or not.
  await upgrading.catch(() => undefined);
  clear.socket.destroy();
  await interceptor.drain(1_000);
  t.true(
    transcript.observations.some(
      (o) => o.layer === 'xmpp' && o.type === 'element' && o.name === 'iq' && o.phase === 'clear',
    ),
  );
  await interceptor.close();
});

test('TLS goes its way also where it is looked at from below', async (t) => {
  const { interceptor, transcript, ca } = await start({ script: [{ on: 'proceed', do: { split: 'each-byte' } }] });
  const clear = await dial(interceptor.port());
  clear.say(HEADER);
  await clear.hear(/<\/stream:features>/);
  clear.say(STARTTLS);
  await clear.hear(/<proceed[^>]*>/);
  const inside = await clear.upgrade({ ca });
  inside.say(HEADER);
  await inside.hear(/<\/stream:features>/);
  inside.say('</stream:stream>');
  t.is(await inside.ended(), '</stream:stream>');
  await interceptor.drain(1_000);
  t.true(words(transcript.observations).includes('mallory flight'));
  t.is(interceptor.open(), 0);
  await interceptor.close();
});

for (const [what, prolog] of [
  ['with', "<?xml version='1.0'?>"],
  ['without', ''],
]) {
  test(`a stream opened anew without being asked to, ${what} an XML declaration, is read and answered`, async (t) => {
    const { interceptor, transcript } = await start({
      script: [{ on: 'proceed', do: { replace: "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" } }],
      settings: { mechanisms: { clear: ['PLAIN'], tls: ['PLAIN'] } },
    });
    const clear = await dial(interceptor.port());
    clear.say(HEADER);
    await clear.hear(/<\/stream:features>/);
    clear.say(STARTTLS);
    await clear.hear(/<failure/);
    clear.say(prolog + HEADER.replace(/^<\?.*?\?>/, ''));
    await clear.hear(/<\/stream:features>/);
    clear.say(PLAIN);
    await clear.hear(/<success/);
    t.true(words(transcript.observations).includes('mallory authenticated clear'));
    await interceptor.close();
  });
}

test('an endpoint that refuses is a port that nobody listens on', async (t) => {
  const { interceptor } = await start({
    endpoints: { closed: { credential: 'valid', refuses: true } },
    script: [{ on: 'features', do: { replace: '<x>{endpoint.closed} {endpoint.closed.port}</x>' } }],
  });
  const port = interceptor.port('closed');
  await t.throwsAsync(dial(port), { code: 'ECONNREFUSED' });
  const clear = await dial(interceptor.port());
  clear.say(HEADER);
  t.true((await clear.hear(/<\/x>/)).endsWith(`<x>127.0.0.1:${port} ${port}</x>`));
  await interceptor.close();
});
