/** What is signed of a session's names, as a resolver that validates finds it. */
import test from 'ava';
import { serverNames } from '../../../harness/run/server-names.ts';
import { DANE_LOOKUPS, type DaneLookup } from '../../../harness/scenario/scenario.ts';
import { createLookUp, type Security } from '../../reference-server/resolver.ts';

const names = await serverNames();
test.after.always(() => names.close());

const TLSA = `3 1 1 ${'ab'.repeat(32)}`;
let sessions = 0;

async function found(dane: { tlsa: string[]; insecure: DaneLookup[] } | null) {
  sessions += 1;
  const domain = `x${sessions}.im.xmpp.example`;
  const seen: string[] = [];
  const forget = names.found(domain, { port: 4711, transport: 'starttls', dane }, (o) => {
    if (o.layer === 'dns' && o.type === 'query') seen.push(o.wanted);
  });
  const lookUp = createLookUp(names.address, names.anchor, () => false);
  const [host = ''] = names.resolved(domain, dane !== null);
  const srv = await lookUp(`_xmpp-server._tcp.${domain}`, 'SRV');
  const address = await lookUp(host, 'A');
  const tlsa = await lookUp(`_4711._tcp.${host}`, 'TLSA');
  forget();
  return { srv, address, tlsa, host, seen };
}

const statuses: [insecure: DaneLookup[], srv: Security, address: Security, tlsa: Security][] = [
  [[], 'secure', 'secure', 'secure'],
  [['srv'], 'insecure', 'secure', 'secure'],
  [['tlsa'], 'secure', 'secure', 'insecure'],
  // What stands below a zone that is not signed is not signed, either.
  [['address'], 'secure', 'insecure', 'insecure'],
  [[...DANE_LOOKUPS], 'insecure', 'insecure', 'insecure'],
];
for (const [insecure, ...expected] of statuses)
  test(`with DANE, and not signed: ${insecure.join(', ') || 'nothing'}`, async (t) => {
    const { srv, address, tlsa, host } = await found({ tlsa: [TLSA], insecure });
    t.deepEqual([srv.security, address.security, tlsa.security], expected);
    t.like(srv.records[0], { data: { target: host, port: 4711 } });
    t.like(address.records[0], { data: '127.0.0.1' });
    t.is(tlsa.records.length, 1);
  });

test('without DANE a domain is surely not signed, and its host has no records', async (t) => {
  const { srv, tlsa, host } = await found(null);
  t.is(srv.security, 'insecure');
  t.like(srv.records[0], { data: { target: host } });
  t.deepEqual(tlsa, { security: 'secure', records: [] });
});

test('what is asked is told to the session, and another session has another host', async (t) => {
  const first = await found({ tlsa: [], insecure: [] });
  t.deepEqual(first.seen, ['SRV', 'A', 'TLSA']);
  t.deepEqual(first.tlsa, { security: 'secure', records: [] });
  t.not((await found({ tlsa: [], insecure: [] })).host, first.host);
});
