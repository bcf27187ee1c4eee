/** By which address a client is sent to a transport's listener, and the controls that were run there, each once. */
import type { Transport } from '../../src/transcript.ts';
import { pick } from '../judge/view.ts';
import type { Via } from '../result.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { attempt } from './attempt.ts';
import { type ControlRecord, readControl } from './control-record.ts';
import type { AttemptPlan, Circumstances } from './plan/attempt-plan.ts';
import { basePlan } from './plan/base.ts';
import { controlPlan } from './plan/control.ts';
import { profileOf } from './plan/profile.ts';
import { serverFailed } from './relay.ts';
import { shared } from './shared.ts';
import type { InTurn } from './turns.ts';
import { dialledAddress, type World } from './world.ts';

export interface Way {
  around: Circumstances;
  base: ControlRecord;
  /** The client verifies the address that it dialled: every credential here names that, too. */
  verifiesDialled: boolean;
}

export interface Controls {
  /** The first of these ways that the base control succeeds by; the first at all where none does. */
  way(scenario: Scenario, transport: Transport, vias: readonly Via[]): Promise<Way>;
  /** The scenario's own control. */
  of(scenario: Scenario, way: Way): Promise<ControlRecord>;
  /** Every control that was run, in the order of starting. */
  all(): Promise<ControlRecord[]>;
}

export interface ControlsOptions {
  timeoutMs: number;
  /** Takes a place among those that run at the same time. */
  inTurn: InTurn;
  note(text: string): void;
}

const SIMULATED =
  'Some ways to log in do not work at the real server, or not through the relay. Scenarios that need one of them are run against a simulated server with the same account.';

export function createControls(world: World, { timeoutMs, inTurn, note }: ControlsOptions): Controls {
  const ran = new Map<string, Promise<ControlRecord>>();
  const ways = new Map<string, Promise<Way>>();
  /** Controls that only showed what the real server does not do. */
  const superseded = new Set<string>();
  const upstream = world.relay?.server.transport;
  const server = world.server !== null;

  function once(plan: AttemptPlan): Promise<ControlRecord> {
    const profile = profileOf(plan);
    return shared(ran, profile, () => {
      // What it leaves must not get into the way of another control's.
      const numbered = { ...plan, name: plan.name.replace('control', `control-${ran.size + 1}`) };
      const run = () => inTurn(async (quiet) => readControl(plan, await attempt(world, numbered, quiet), world.rules));
      return plan.receiving === 'tunnel' && world.relay ? world.relay.alone(run) : run();
    });
  }

  /** What the real server lacks, or knows better than to be relayed to, is not the client's fault. */
  async function onceOrSimulated(plan: AttemptPlan): Promise<ControlRecord> {
    const control = await once(plan);
    if (plan.receiving !== 'relayed' || control.state !== 'failed') return control;
    if (serverFailed(control) || !saw(control, 'handshake')) return control;
    const simulated = await once({ ...plan, receiving: 'simulated' });
    if (simulated.state === 'failed') return control;
    if (superseded.size === 0) note(SIMULATED);
    superseded.add(control.profile);
    return boundToChannel(control) ? { ...simulated, boundAtServer: true } : simulated;
  }

  /** TLS end to end, or, where it is the real server that the client cannot get on with, TLS with Mallory. */
  async function onceBase(plan: AttemptPlan): Promise<ControlRecord> {
    const control = await onceOrSimulated(plan);
    if (plan.receiving !== 'tunnel' || control.state !== 'failed') return control;
    if (serverFailed(control) || !saw(control, 'client-hello')) return control;
    const relayed = await onceOrSimulated({ ...plan, receiving: 'relayed' });
    if (relayed.state !== 'ok') return control;
    note(`${plan.transport}: the client logs in through the relay, but not with TLS end to end. ${control.reason}`);
    return relayed;
  }

  async function find(scenario: Scenario, transport: Transport, vias: readonly Via[]): Promise<Way> {
    const tried: Way[] = [];
    for (const via of vias) {
      const around = { transport, via, dialled: [], timeoutMs, upstream, server };
      const base = await onceBase(basePlan(scenario, around));
      const way = { around, base, verifiesDialled: false };
      if (base.state !== 'failed') {
        if (tried.length > 0)
          note(
            `${transport}: the client logs in only when it is sent to ${dialledAddress(world, via)}; that is used (--via ${via}).`,
          );
        return way;
      }
      tried.push(way);
      // A client that never got here, or was never started, will not verify anything.
      if (!saw(base, 'client-hello') || serverFailed(base) || server) return way;
    }
    for (const via of vias) {
      const around = { transport, via, dialled: [dialledAddress(world, via)], timeoutMs, upstream };
      const base = await onceOrSimulated(basePlan(scenario, around));
      if (base.state !== 'ok') continue;
      note(
        `${transport}: the client verifies the address that it dialled (${dialledAddress(world, via)}${via === 'dns' ? ', or its address' : ''}), not the domain of its JID. Every certificate of this transport also names that address, and scenarios about names say nothing about this client.`,
      );
      return { around, base, verifiesDialled: true };
    }
    const [first] = tried;
    if (!first) throw new Error('There is no way to send the client to the listener.');
    return first;
  }

  return {
    way(scenario, transport, vias) {
      return shared(ways, `${transport},${vias.join()}`, () => find(scenario, transport, vias));
    },
    of: (scenario, way) => onceOrSimulated(controlPlan(scenario, way.around)),
    all: async () =>
      (await Promise.allSettled(ran.values()))
        .flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
        .filter(({ profile }) => !superseded.has(profile)),
  };
}

/** The relay is a man in the middle, too, and a login that is bound to the channel tells the server so. */
const boundToChannel = ({ attempt }: ControlRecord) =>
  pick(attempt?.observations ?? [], 'xmpp', 'element').some(
    ({ from, mechanism }) => from === 'client' && mechanism?.endsWith('-PLUS'),
  );

function saw({ attempt }: ControlRecord, type: 'client-hello' | 'handshake'): boolean {
  return pick(attempt?.observations ?? [], 'tls', type).length > 0;
}
