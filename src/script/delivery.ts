/** The proofs that actions share. */
import type { Observation } from '../transcript.ts';
import type { Delivery, DeliveryView } from './action.ts';

/**
 * The tampered bytes were written, and the client then acted on that connection (bytes, close or reset) or was silent
 * for long enough. What it does once its time is over is no answer: Mallory has ended the connection by then.
 */
export function consumed(view: DeliveryView): Delivery {
  return answeredOrSilent(
    view,
    (o) => 'connection' in o && o.connection === view.action.connection && 'from' in o && o.from === 'client',
  );
}

/** Whether this is something that the client did because of the action. */
export type Acted = (observation: Observation) => boolean;

/** As `consumed`, where something else than octets of that connection is the client's answer. */
export function answeredOrSilent(view: DeliveryView, acts: Acted): Delivery {
  const over = view.observations.find((o) => o.n > view.action.n && o.layer === 'run') ?? view.observations.at(-1);
  const answered = view.observations.some((o) => o.n > view.action.n && o.n <= (over?.n ?? 0) && acts(o));
  if (answered) return { state: 'consumed' };
  const silent = (over?.t ?? view.action.t) - view.action.t;
  if (silent >= view.silence) return { state: 'consumed' };
  return {
    state: 'too-slow',
    why: `silent for ${Math.round(silent)} ms after the attack, ${Math.round(view.silence)} ms are needed to call that an answer`,
  };
}

/** As `consumed`, but a `<starttls/>` that the client sent before it saw the features makes a changed offer pointless. */
export function consumedBeforeStarttls(view: DeliveryView): Delivery {
  const asked = view.observations.some(
    (o) =>
      o.n < view.action.n &&
      o.layer === 'xmpp' &&
      o.connection === view.action.connection &&
      o.type === 'element' &&
      o.from === 'client' &&
      o.name === 'starttls',
  );
  if (asked && view.action.phase === 'clear' && view.action.point === 'features')
    return { state: 'not-offered', why: 'the client had asked for TLS before it saw the features' };
  return consumed(view);
}
