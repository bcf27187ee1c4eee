/** Whether the attack took place (design, section 2.5). */

import type { Delivery } from '../../src/script/action.ts';
import { actionsOf, firstConnection, type ScriptAction } from '../../src/script/script.ts';
import type { Observation } from '../../src/transcript.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { pick, type View } from './view.ts';

export type Delivered =
  | { state: 'consumed' }
  | { state: 'not-offered'; why: string }
  | { state: 'does-not-reconnect' }
  | { state: 'undelivered'; why: string };

export interface Measure {
  /** Milliseconds of silence that count as an answer. */
  silence: number;
  controlHello: string | null;
}

export function deliveredOf(view: View, scenario: Scenario, measure: Measure): Delivered {
  let consumed: (Observation & { layer: 'script' }) | null = null;
  let refused: Delivered | null = null;
  for (const action of actionsOf(scenario.script)) {
    const took = pick(view.observations, 'script', 'action').filter(({ index }) => index === action.index);
    if (took.length === 0) {
      if (needsFurtherConnection(view, action)) return { state: 'does-not-reconnect' };
      if (refused || (consumed && clientEndedAfter(view, consumed.n))) continue;
      const why = `not reached: the client ended before the point ${action.item.on} (${action.name})`;
      return { state: 'undelivered', why };
    }
    const deliveries = took.map((o) => ({
      o,
      delivery: action.action.delivered({ ...measure, observations: view.observations, action: o }),
    }));
    const best = deliveries.find(({ delivery }) => delivery.state === 'consumed') ?? deliveries[0];
    if (!best) continue;
    if (best.delivery.state === 'consumed') consumed ??= best.o;
    else if (best.delivery.state === 'not-offered') refused ??= best.delivery;
    else return { state: 'undelivered', why: sentence(best.delivery) };
  }
  return refused ?? { state: 'consumed' };
}

function sentence(delivery: Delivery & { why: string }): string {
  return delivery.state === 'too-slow' ? `too slow: ${delivery.why}` : delivery.why;
}

function needsFurtherConnection(view: View, { item }: ScriptAction): boolean {
  const endpoint = item.at ?? 'main';
  const seen = view.connections.filter((connection) => view.endpointOf(connection) === endpoint).length;
  return seen > 0 && seen < firstConnection(item);
}

function clientEndedAfter(view: View, n: number): boolean {
  return view.observations.some(
    (o) =>
      o.n > n &&
      ((o.layer === 'tcp' && o.type === 'closed' && o.from === 'client') ||
        (o.layer === 'tls' && o.type === 'failed' && o.from === 'client') ||
        (o.layer === 'process' && o.type === 'exit' && !o.ours)),
  );
}
