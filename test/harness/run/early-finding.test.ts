/** A finding ends an attempt early; looking for one does not take longer with everything that a client says. */
import test from 'ava';
import { earlyFinding } from '../../../harness/run/early-finding.ts';
import { loadScenarios } from '../../../harness/scenario/load.ts';
import type { Observation, Peer } from '../../../src/transcript.ts';
import { on, type Step, scenario, transcript } from '../judge/transcripts.ts';

const { requirements } = await loadScenarios();
const c = on(1);

/** When it was found out, and how often the whole transcript was looked at for that. */
function watched(steps: readonly (Step | Step[])[]): { at: string | null; looks: number } {
  const seen: Observation[] = [];
  let looks = 0;
  const counted = new Proxy(seen, {
    get(target, key, receiver) {
      if (key === Symbol.iterator) looks += 1;
      return Reflect.get(target, key, receiver);
    },
  });
  const rules = { requirements, policy: 'rfc9525' } as const;
  const broken = earlyFinding(scenario({}), rules, counted, { canary: 'canary', domain: 'im.example.test' });
  const first = transcript(...steps).find((o) => {
    seen.push(o);
    return broken(o);
  });
  return { at: first && 'name' in first ? String(first.name) : (first?.type ?? null), looks };
}

const inside = (peer: Peer): Step[] => [c.connected(), c.starttls(), c.hello(), c.handshake(peer)];
const stanzas = (count: number): Step[] => Array.from({ length: count }, (_, n) => c.iq('tls', 'set', String(n)));

test('a login in clear', (t) => {
  t.is(watched([c.connected(), c.header(), c.auth('clear', 'PLAIN', true), c.closed()]).at, 'auth');
});

test('a login to a peer that must not be trusted', (t) => {
  t.is(watched([inside('untrusted'), c.header('tls'), c.auth('tls', 'SCRAM-SHA-1')]).at, 'auth');
});

test('to one that took the place of an honest one on the same connection', (t) => {
  const first = [inside('honest'), c.auth('tls', 'SCRAM-SHA-1'), stanzas(2)];
  t.is(watched(first).at, null);
  t.is(watched([...first, c.handshake('untrusted'), stanzas(1)]).at, 'iq');
});

test('stanzas without end to a peer that is merely weak', (t) => {
  t.deepEqual(watched([inside('weak'), stanzas(2_000)]), { at: null, looks: 1 });
});
