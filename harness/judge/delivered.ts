/** Whether the attack took place (design, section 2.5). */

import type { Delivery } from '../../src/script/action.ts';
import { actionsOf, firstConnection, isMeantFor, type ScriptAction } from '../../src/script/script.ts';
import { isRequest } from '../../src/services/call.ts';
import { isWithin } from '../../src/services/dns/lookup.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { OBSERVATIONS } from './observations.ts';
import { pick, type View } from './view.ts';

export type Delivered =
  | { state: 'consumed' }
  | { state: 'not-offered'; why: string }
  | { state: 'not-followed' }
  | { state: 'does-not-reconnect' }
  /** Of what the script would answer in DNS nothing was asked. */
  | { state: 'not-asked' }
  | { state: 'undelivered'; why: string };

export interface Measure {
  /** Milliseconds of silence that count as an answer. */
  silence: number;
  controlHello: string | null;
}

export function deliveredOf(view: View, scenario: Scenario, measure: Measure): Delivered {
  if (asksForHello(scenario) && pick(view.observations, 'tls', 'client-hello').length === 0)
    return { state: 'undelivered', why: 'no ClientHello was seen' };
  const unsaid = whatWasNotSaid(view, scenario) ?? whatWasNotTold(view, scenario, measure);
  if (unsaid) return { state: 'undelivered', why: unsaid };
  let refused: Delivered | null = null;
  let acted = false;
  let stayed = false;
  let unasked = false;
  let looked = false;
  for (const action of actionsOf(scenario.script)) {
    const took = pick(view.observations, 'script', 'action').filter(({ index }) => index === action.index);
    if (took.length === 0 && action.item.on === 'lookup') {
      // Nobody has to look for these: who does not cannot be led anywhere by them.
      if (action.item.do.answer?.type === 'TXT') return { state: 'not-asked' };
      unasked = true;
      continue;
    }
    if (took.length === 0) {
      const reachable = connectionsFor(view, action);
      // The redirect, or the answer, was the attack; who does not go there has withstood it.
      const { at = 'main' } = action.item;
      if (unasked && !acted) return { state: 'not-asked' };
      if (
        acted &&
        (at !== 'main' || looked) &&
        !view.connections.some((connection) => view.endpointOf(connection) === at)
      ) {
        stayed = true;
        continue;
      }
      if (reachable.length === 0 && view.connections.length > 0 && firstConnection(action.item) > 1)
        return { state: 'does-not-reconnect' };
      if (refused || reachable.some((connection) => endedByClient(view, scenario, connection))) continue;
      const why = `not reached: the client ended before the point ${action.item.on} (${action.name})`;
      return { state: 'undelivered', why };
    }
    const deliveries = took.map((o) => ({
      o,
      delivery: action.action.delivered({ ...measure, observations: view.observations, action: o }),
    }));
    const best = deliveries.find(({ delivery }) => delivery.state === 'consumed') ?? deliveries[0];
    if (!best) continue;
    acted = true;
    looked ||= action.item.on === 'lookup';
    if (best.delivery.state === 'consumed') continue;
    if (best.delivery.state === 'not-offered') refused ??= best.delivery;
    else return { state: 'undelivered', why: sentence(best.delivery) };
  }
  if (unasked && !acted) return { state: 'not-asked' };
  return refused ?? { state: stayed ? 'not-followed' : 'consumed' };
}

/** What Mallory would have said on a stream of her own, to a server that takes one. */
function whatWasNotSaid({ observations }: View, { entity, needs }: Scenario): string | null {
  if (!needs.includes('s2s-listener') || entity.call === 'key') return null;
  const own = pick(observations, 'tcp', 'connected').filter(({ direction }) => direction === 'out');
  const said = pick(observations, 'xmpp', 'element').some(
    (o) =>
      (isRequest(entity.call) ? isIq(o) : isAnswer(o)) && own.some(({ connection }) => connection === o.connection),
  );
  return said ? null : 'not reached: Mallory had no stream to the server on which to say what she would have said';
}

/** Whom else the server was told to send to: it has looked for that domain then, or has kept still for long enough. */
function whatWasNotTold(
  { observations, exit }: View,
  { entity, needs }: Scenario,
  { silence }: Measure,
): string | null {
  if (!entity.secondDomain || needs.includes('s2s-listener')) return null;
  const [told] = pick(observations, 'process', 'told');
  if (!told) return 'not reached: no stanza came to the first domain, and nothing was sent to the second one';
  const limit = pick(observations, 'run', 'limit').find(({ n }) => n > told.n);
  if ((exit && !exit.ours) || (limit && limit.t - told.t >= silence)) return null;
  // Where a limit ended it in the middle, it had no time to do anything with what it found.
  const looked = pick(observations, 'dns', 'query').some(({ n, name }) => n > told.n && isWithin(name, told.domain));
  if (looked && limit?.limit !== 'connected') return null;
  return 'too slow: the server was told of the second domain too late to be judged by what it did not do';
}

const isIq = ({ from, name }: { from: string; name: string }) => from === 'mallory' && name === 'iq';

const isAnswer = ({ from, name, xml }: { from: string; name: string; xml: string }) =>
  from === 'mallory' && name === 'verify' && /\stype=["']valid/.test(xml);

const asksForHello = ({ expect }: Scenario) =>
  Object.keys(expect.never).some((name) => OBSERVATIONS[name]?.asks === 'client-hello');

function sentence(delivery: Delivery & { why: string }): string {
  return delivery.state === 'too-slow' ? `too slow: ${delivery.why}` : delivery.why;
}

/** The connections that an item is meant for, of those that came. */
function connectionsFor(view: View, { item }: ScriptAction): number[] {
  const there = view.spoken.filter((connection) => view.endpointOf(connection) === (item.at ?? 'main'));
  return there.filter((_, index) => isMeantFor(item, index + 1));
}

/** An earlier action of the script took place on this connection, and the client was the one to end it then. */
function endedByClient(view: View, scenario: Scenario, connection: number): boolean {
  const own = view.observations.filter((o) => 'connection' in o && o.connection === connection);
  const acted = own.find((o) => o.layer === 'script' && scenario.script.length > 0);
  if (!acted) return false;
  const ended = own.find(
    (o) =>
      (o.layer === 'tcp' && o.type === 'closed') ||
      (o.layer === 'tls' && o.type === 'failed') ||
      (o.layer === 'xmpp' && o.type === 'stream-close'),
  );
  return ended !== undefined && 'from' in ended && ended.from === 'client' && ended.n > acted.n;
}
