/** The correct client, with what it has to accept and with what it has to refuse. */
import test from 'ava';
import { credentials, type Observation } from '../../src/index.ts';
import { prosodyInstalled, startProsody } from '../harness/clients/prosody.ts';
import { exampleDomain } from '../src/pki/example-domain.ts';
import { referenceClient } from './client.ts';
import { endpointFor, meet, type Setting, said, wasOnline } from './support.ts';

const inTls = (...tls: string[]) => ({ clear: [], tls });

const good: Record<string, Setting> = {
  'SCRAM-SHA-1': { entity: { mechanisms: inTls('SCRAM-SHA-1') } },
  'SCRAM-SHA-256': { entity: { mechanisms: inTls('SCRAM-SHA-256') } },
  'SCRAM-SHA-512': { entity: { mechanisms: inTls('SCRAM-SHA-512') } },
  'SCRAM-SHA-1-PLUS': { entity: { mechanisms: inTls('SCRAM-SHA-1-PLUS', 'SCRAM-SHA-512') } },
  PLAIN: { entity: { mechanisms: inTls('PLAIN') } },
  'SCRAM, where -PLUS needs TLS 1.3': {
    entity: { mechanisms: inTls('SCRAM-SHA-1-PLUS', 'SCRAM-SHA-1') },
    versions: { min: 'TLSv1.2', max: 'TLSv1.2' },
  },
  'SASL2 with inline bind': { entity: { mechanisms: inTls(), sasl2: inTls('SCRAM-SHA-256') } },
  'SASL2 with -PLUS': { entity: { mechanisms: inTls('PLAIN'), sasl2: inTls('SCRAM-SHA-256-PLUS') } },
  'jabber:iq:auth where there is nothing else': {
    entity: { mechanisms: inTls(), iqAuth: { clear: false, tls: true } },
  },
};

for (const transport of ['starttls', 'direct'] as const) {
  for (const [title, setting] of Object.entries(good)) {
    test(`logs in: ${title}, ${transport}`, async (t) => {
      const outcome = await meet(referenceClient(), { ...setting, transport });
      t.true(wasOnline(outcome), String(outcome.error));
      const { certificateSha256, cipher, version } = handshakeOf(outcome.observations);
      const tls = { version, cipher, certificate_sha256: certificateSha256, verified_by: 'PKIX' };
      t.deepEqual(outcome.claim, { result: 'online', tls });
    });
  }
}

test('uses the best that is offered', async (t) => {
  const used = async (...tls: string[]) => {
    const outcome = await meet(referenceClient(), { entity: { mechanisms: inTls(...tls) } });
    return said(outcome).find(({ mechanism }) => mechanism)?.mechanism;
  };
  t.is(await used('PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256'), 'SCRAM-SHA-256');
  t.is(await used('SCRAM-SHA-512', 'SCRAM-SHA-1-PLUS'), 'SCRAM-SHA-1-PLUS');
});

test('accepts each good credential and no other', async (t) => {
  for (const [name, row] of Object.entries(credentials)) {
    // What the user's own CA has signed for a proxy is as good as any to a client.
    const trusted = row.peer === 'honest' || row.peer === 'trusted-mitm';
    // A client has neither POSH nor DANE, in which a domain vouches for what nobody else does, or does not for what a CA does.
    const good = name === 'misissued' || (trusted && !name.endsWith('-proved'));
    const domain = exampleDomain(row);
    const outcome = await meet(referenceClient(), { credential: name, ...(domain && { domain }) });
    t.is(wasOnline(outcome), good, name);
    // A chain that is too long, or a key on a curve that it does not offer, ends the handshake already.
    t.is(
      /certificate|excessive message size|handshake failure/.test(outcome.error?.message ?? ''),
      !good,
      `${name}: ${outcome.error}`,
    );
  }
});

test('says in clear who it wants, and not who it is', async (t) => {
  const { observations } = await meet(referenceClient());
  const headers = observations.filter((o) => o.type === 'stream-open' && o.from === 'client');
  t.deepEqual(
    headers.map((o) => o.type === 'stream-open' && [o.phase, o.attributes.from !== undefined]),
    [
      ['clear', false],
      ['tls', true],
      ['authenticated', true],
    ],
  );
});

test('stay: answers what it is asked, comes back, and ends when told', async (t) => {
  const script: Setting['script'] = [{ on: 'online', connection: 2, do: { close: 'instead' } }];
  const xml =
    "<iq type='get' id='a'><ping xmlns='urn:xmpp:ping'/></iq><iq type='set' id='b'><query xmlns='x'/></iq><message/></stream:stream>";
  const outcome = await meet(referenceClient(), {
    session: 'stay',
    script: [{ on: 'online', connection: 1, do: { inject: { xml } } }, ...script],
    until: (seen) => seen.filter(({ type }) => type === 'bound').length > 2,
  });
  const answers = said(outcome).flatMap(({ iq }) => (iq?.id === 'a' || iq?.id === 'b' ? [iq] : []));
  t.deepEqual(answers, [
    { type: 'result', id: 'a' },
    { type: 'error', id: 'b' },
  ]);
  t.is(outcome.claim?.result, 'online');
});

test('stay: gives up after some failures', async (t) => {
  const outcome = await meet(referenceClient({ attempts: 2 }), { session: 'stay', credential: 'wrong-name' });
  t.is(outcome.observations.filter(({ type }) => type === 'connected').length, 2);
  t.regex(String(outcome.error), /certificate/);
});

test('retries: tries again in the same way, within one login', async (t) => {
  const script: Setting['script'] = [{ on: 'tls-handshake', connection: 1, do: { alert: 40 } }];
  t.false(wasOnline(await meet(referenceClient(), { script })));
  t.true(wasOnline(await meet(referenceClient({ retries: 1 }), { script })));
});

test('ends at once when it is told to', async (t) => {
  const outcome = await meet(referenceClient({ patience: 60_000 }), {
    session: 'stay',
    script: [{ on: 'features', do: { drop: true } }],
    until: (seen) => seen.some(({ type }) => type === 'stream-open'),
  });
  t.regex(String(outcome.error), /aborted/);
});

// Serial tests go first: later the sessions above take free ports by the hundred, and one of them may be Prosody's.
const withProsody = prosodyInstalled() ? test.serial : test.serial.skip;

withProsody('logs in with Prosody', async (t) => {
  const jid = 'juliet@relay.xmpp.test';
  for (const authentication of ['internal_hashed', 'internal_plain'] as const) {
    const start = () => startProsody({ users: { [jid]: 'secret' }, authentication });
    const prosody = await start().catch(start);
    t.teardown(() => prosody.stop());
    for (const tls of ['starttls', 'direct'] as const) {
      const port = tls === 'direct' ? prosody.directPort : prosody.c2sPort;
      const endpoint = endpointFor({ jid, password: 'secret', caFile: prosody.caFile, port, tls });
      const claim = await referenceClient({ patience: 2_000 })(endpoint, new AbortController().signal);
      t.is(claim?.result, 'online');
      const wrong = referenceClient({ patience: 2_000 })(
        { ...endpoint, password: 'wrong' },
        new AbortController().signal,
      );
      await t.throwsAsync(wrong, { message: /not-authorized/ });
    }
    await prosody.stop();
  }
});

function handshakeOf(observations: readonly Observation[]) {
  const handshake = observations.find((o) => o.layer === 'tls' && o.type === 'handshake');
  if (handshake?.type !== 'handshake') throw new Error('no handshake');
  return handshake;
}
