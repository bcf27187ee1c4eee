/** The base control: a plain login at a plain good server. */
import type { ResolvedEntity, Scenario } from '../../scenario/scenario.ts';
import type { AttemptPlan, Circumstances } from './attempt-plan.ts';

/** A plain login at a plain good server. */
export function basePlan(scenario: Scenario, around: Circumstances): AttemptPlan {
  return {
    ...around,
    name: `control[${around.transport},${around.via}]`,
    role: 'control',
    repetition: 1,
    scenario,
    receiving: baseReceiving(around),
    entity: around.server ? GOOD_FOR_SERVERS : GOOD,
    endpoints: {},
    given: null,
    script: [],
    session: 'once',
    certified: false,
    afterBind: [],
    probes: [],
    until: around.server ? UNTIL_ACCEPTED : null,
    reconnectMs: 0,
  };
}

export const GOOD: ResolvedEntity = {
  domain: 'ordinary',
  mechanisms: { clear: [], tls: ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'] },
  sasl2: { clear: [], tls: [] },
  iqAuth: { clear: false, tls: false },
  extensions: [],
  dialback: { clear: false, tls: false },
  bidi: { clear: false, tls: false },
  posh: null,
  secondDomain: false,
  call: 'key',
  dane: null,
  credential: 'valid',
  tls: { min: 'TLSv1.2', max: 'TLSv1.3' },
};

export const GOOD_FOR_SERVERS: ResolvedEntity = {
  ...GOOD,
  mechanisms: { clear: [], tls: ['EXTERNAL'] },
  dialback: { clear: false, tls: true },
};

/** A session of a server is over with the first stanza that is accepted. */
export const UNTIL_ACCEPTED = { connection: 1, answerMs: null, claimMs: 0 };

/** Through a tunnel the client meets the server's own certificate, which names no address, by the server's own transport. */
function baseReceiving({ upstream, transport, dialled }: Circumstances): AttemptPlan['receiving'] {
  if (!upstream) return 'simulated';
  return upstream === transport && dialled.length === 0 ? 'tunnel' : 'relayed';
}
