/** When a session has nothing left to show (design, section 4): the observation that says so, and how long it is waited for. */
import { isRequest } from '../../src/services/call.ts';
import type { Observation } from '../../src/transcript.ts';
import { counts } from '../judge/view.ts';
import type { AttemptPlan } from './plan/attempt-plan.ts';

/** Told of each observation; after so many milliseconds nothing more will come, null: it still may. */
type Fulfilment = (o: Observation) => number | null;

export function fulfilment(plan: AttemptPlan, pingId: string, canary: string): Fulfilment {
  const { until, calls, entity, server } = plan;
  if (calls) return isRequest(entity.call) ? answeredRequest(until?.answerMs ?? 0, canary) : answeredKey;
  if (until === null) return () => null;
  const counted = new Set<number>();
  const wanted = server && entity.secondDomain ? 2 : 1;
  const domains = new Set<string>();
  let session = false;
  let pong = false;
  let answer = false;
  return (o) => {
    if ('connection' in o && counts(o)) counted.add(o.connection);
    // Sooner than its time is up only what it says can end this.
    if (o.layer === 'process') return session && until.claimMs > 0 && o.type === 'claim' ? 0 : null;
    if (o.layer !== 'xmpp') return null;
    if (o.type === 'accepted') domains.add(o.domain);
    if (
      (o.type === 'bound' || (o.type === 'accepted' && domains.size >= wanted)) &&
      [...counted].indexOf(o.connection) + 1 >= until.connection
    )
      session = true;
    if (o.type === 'element' && o.from === 'client' && o.iq?.id === pingId) pong = true;
    if (o.type === 'element' && o.from === 'client' && o.iq?.id === canary) answer = true;
    if (!session) return null;
    if (until.answerMs === null || answer) return until.claimMs;
    return pong ? until.answerMs : null;
  };
}

/** Whoever came to a server has got its answer, or has been sent away. */
const answeredKey: Fulfilment = (o) => {
  if (o.layer === 'tcp' && o.type === 'closed' && o.connection === 1) return 0;
  const isResult = o.layer === 'xmpp' && o.type === 'element' && o.from === 'client' && o.name === 'result';
  return isResult && o.connection === 1 ? 0 : null;
};

/** An answer comes on another stream, if at all, which the server has to open first. */
function answeredRequest(answerMs: number, canary: string): Fulfilment {
  let asked = false;
  return (o) => {
    // It was not let in, and has nothing to ask.
    if (o.layer === 'tcp' && o.type === 'closed' && o.connection === 1 && !asked) return 0;
    if (o.layer !== 'xmpp' || o.type !== 'element' || o.iq?.id !== canary) return null;
    if (o.from === 'client') return 0;
    asked = true;
    return answerMs;
  };
}
