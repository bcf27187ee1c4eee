/** The relay in front of a server that is another of Mallory's: both sides can be looked at. */
import test from 'ava';
import { parse } from 'ltx';
import { referenceClient } from '../../reference-client/client.ts';
import type { Fault } from '../../reference-client/faults.ts';
import { bound, DOMAIN, elements, failures, meet, startServer } from './relay.ts';

const client = referenceClient({ patience: 5_000 });
const faulty = (fault: Fault) => referenceClient({ faults: [fault], patience: 5_000 });
const strip = [{ on: 'features', in: 'clear', do: { remove: 'starttls' } }] as const;

for (const transport of ['starttls', 'direct'] as const) {
  for (const behind of ['starttls', 'direct'] as const) {
    test(`a login by ${transport}, relayed by ${behind}`, async (t) => {
      const upstream = await startServer(t, {}, { transport: behind });
      const met = await meet(client, { upstream, transport });
      t.is(met.error, null);
      t.is(bound(met).length, 1);
      t.deepEqual(bound(met), bound(upstream.transcript));
      t.true(
        elements(upstream.transcript, 'client').every(({ phase, name }) => phase !== 'clear' || name === 'starttls'),
      );
      t.deepEqual(failures(met), []);
    });
  }
}

test('the streams have ids and TLS of their own', async (t) => {
  const upstream = await startServer(t);
  const met = await meet(client, { upstream });
  const ids = [met, upstream.transcript].flatMap(({ observations }) =>
    observations.flatMap((o) =>
      o.layer === 'xmpp' && o.type === 'stream-open' && o.from === 'mallory' ? [o.attributes.id] : [],
    ),
  );
  t.is(ids.length, 6);
  t.is(new Set(ids).size, 6);
});

const baits = [
  ['SCRAM', 'continues-in-clear', { mechanisms: { clear: ['SCRAM-SHA-1'], tls: ['SCRAM-SHA-1'] } }],
  ['PLAIN', 'continues-in-clear', { mechanisms: { clear: ['PLAIN'], tls: ['PLAIN'] } }],
  ['SASL2', 'sasl2-in-clear', { sasl2: { clear: ['SCRAM-SHA-1'], tls: ['SCRAM-SHA-1'] } }],
  ['jabber:iq:auth', 'iq-auth-in-clear', { iqAuth: { clear: true, tls: true } }],
] as const;

for (const [name, fault, offers] of baits) {
  test(`stripped, a client that logs in in clear with ${name} really does`, async (t) => {
    const upstream = await startServer(t, offers);
    const met = await meet(faulty(fault), {
      upstream,
      offers,
      script: [...strip],
    });
    t.is(met.error, null);
    t.is(bound(met).length, 1);
    t.true(met.observations.some((o) => o.layer === 'xmpp' && o.type === 'authenticated' && o.phase === 'clear'));
    const [session] = upstream.transcript.observations.filter((o) => o.layer === 'xmpp' && o.type === 'bound');
    t.like(session, { phase: 'authenticated' });
  });
}

test('what is offered in clear is offered although the server lacks it', async (t) => {
  const upstream = await startServer(t);
  const offers = { sasl2: { clear: ['SCRAM-SHA-512'], tls: [] }, iqAuth: { clear: true, tls: false } };
  const met = await meet(client, { upstream, offers });
  const [features] = elements(met, 'mallory');
  t.regex(features?.xml ?? '', /SCRAM-SHA-512/);
  t.regex(features?.xml ?? '', /iq-auth/);
  t.is(met.error, null);
});

test('taken, the server refuses it, and that is passed on', async (t) => {
  const upstream = await startServer(t);
  const offers = { iqAuth: { clear: true, tls: false } };
  const met = await meet(faulty('iq-auth-in-clear'), { upstream, offers, script: [...strip] });
  t.truthy(met.error);
  t.true(elements(met, 'client').some(({ credential }) => credential === 'iq-auth'));
  t.regex(elements(met, 'mallory').at(-1)?.xml ?? '', /<error/);
});

test('a client that is not deceived is no load on the server', async (t) => {
  const upstream = await startServer(t);
  const offers = { mechanisms: { clear: ['PLAIN'], tls: ['PLAIN'] } };
  const met = await meet(faulty('deterred'), { upstream, offers, script: [...strip] });
  t.truthy(met.error);
  t.is(upstream.transcript.observations.length, 0);
});

test('inside TLS there is what both have, and nothing of the other kinds', async (t) => {
  const upstream = await startServer(t, {
    mechanisms: { clear: [], tls: ['SCRAM-SHA-512', 'SCRAM-SHA-1-PLUS', 'SCRAM-SHA-1', 'PLAIN'] },
    sasl2: { clear: [], tls: ['PLAIN'] },
    iqAuth: { clear: false, tls: true },
  });
  const met = await meet(client, { upstream });
  const [, inside] = elements(met, 'mallory').filter(({ name }) => name === 'features');
  t.is(
    inside?.xml,
    '<stream:features><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>SCRAM-SHA-1</mechanism><mechanism>PLAIN</mechanism></mechanisms></stream:features>',
  );
});

test('listed, channel binding is passed on, and fails as it has to', async (t) => {
  const tls = ['SCRAM-SHA-1-PLUS'];
  const upstream = await startServer(t, { mechanisms: { clear: [], tls } });
  const met = await meet(client, { upstream, offers: { mechanisms: { clear: [], tls } } });
  const [, inside] = elements(met, 'mallory').filter(({ name }) => name === 'features');
  t.regex(inside?.xml ?? '', /SCRAM-SHA-1-PLUS.*tls-exporter/);
  t.truthy(met.error);
});

test('a wrong password is refused by the server, in its own words', async (t) => {
  const upstream = await startServer(t);
  const met = await meet((endpoint, signal) => client({ ...endpoint, password: 'wrong' }, signal), { upstream });
  t.regex(elements(met, 'mallory').at(-1)?.xml ?? '', /<failure.*<not-authorized/);
  t.deepEqual(failures(met), []);
  t.deepEqual(bound(met), []);
});

test('stanzas of our own come once the client is online', async (t) => {
  const upstream = await startServer(t);
  const ping = parse(`<iq type='get' id='p1' from='${DOMAIN}'><ping xmlns='urn:xmpp:ping'/></iq>`);
  const met = await meet(client, { upstream, offers: { afterBind: [ping] } });
  const at = (type: string) => met.observations.find((o) => 'type' in o && o.type === type)?.n ?? 0;
  const sent = elements(met, 'mallory').find(({ xml }) => xml.includes('id="p1"'));
  t.true((sent?.n ?? 0) > at('bound'));
});

test('sessions of one account have resources of their own, also where the client names one', async (t) => {
  const offers = { mechanisms: { clear: [], tls: [] }, iqAuth: { clear: false, tls: true } };
  const upstream = await startServer(t, offers);
  const met = await Promise.all([1, 2].map(() => meet(client, { upstream, offers })));
  const jids = met.flatMap(bound);
  t.is(new Set(jids).size, 2);
  t.deepEqual(new Set(bound(upstream.transcript)), new Set(jids));
  t.true(jids.every((jid) => jid.startsWith(`juliet@${DOMAIN}/reference.`)));
});

test('compression is nothing that can be relayed', async (t) => {
  const upstream = await startServer(t);
  const add = "<compression xmlns='http://jabber.org/features/compress'><method>zlib</method></compression>";
  const script = [...strip, { on: 'features', in: 'clear', do: { add } } as const];
  const met = await meet(faulty('compresses-in-clear'), { upstream, script });
  t.true(elements(met, 'client').some(({ name }) => name === 'compress'));
  t.regex(elements(met, 'mallory').at(-1)?.xml ?? '', /unsupported-method/);
  t.is(upstream.transcript.observations.length, 0);
});
