/** The shape of an action: one kind of tampering, with its own proof that it took place. */
import type * as zod from 'zod';
import type { Observation } from '../transcript.ts';
import type { Moment } from './moment.ts';
import type { Point } from './points.ts';

/** zod is handed in rather than imported: its 70 ms are for those who read scenario files. */
export type Zod = typeof zod;

export interface Action<Params> {
  /** Where it can act. */
  points: readonly Point[];
  params(z: Zod): zod.ZodType<Params>;
  /** Changes the moment. Returns false where there was nothing to change: then the attack has not taken place. */
  apply(moment: Moment, params: Params): boolean;
  /** The proof (design, section 2.5). */
  delivered(view: DeliveryView): Delivery;
}

export type Delivery =
  | { state: 'consumed' }
  | { state: 'not-offered'; why: string }
  | { state: 'too-slow'; why: string }
  | { state: 'unlike-control'; why: string };

/** What a `delivered` may look at: pure data. */
export interface DeliveryView {
  observations: readonly Observation[];
  /** The observation of the action itself. */
  action: Observation & { layer: 'script' };
  /** Milliseconds of the client's silence that count as its answer: at least 3 s and twice its control's login. */
  silence: number;
  /** The kind of ClientHello that the client sent in its control, if any. */
  controlHello: string | null;
}

export function defineAction<Params>(action: Action<Params>): Action<Params> {
  return action;
}

export const ELEMENT_POINTS = [
  'features',
  'proceed',
  'challenge',
  'success',
  'failure',
  'iq',
  'bind',
  'enabled',
  'stanza',
] as const satisfies readonly Point[];
