/** The attack: the scenario itself, with the patience that its control has shown to be needed. */
import { credential } from '../../../src/pki/credentials/index.ts';
import { firstConnection, type ScriptItem } from '../../../src/script/script.ts';
import { isRequest } from '../../../src/services/call.ts';
import { CLAIMS } from '../../judge/claims.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { ControlRecord } from '../control-record.ts';
import type { AttemptPlan, Circumstances } from './attempt-plan.ts';
import { basePlan, UNTIL_ACCEPTED } from './base.ts';
import { callsServer, injectedIqs, takesCertificate } from './wants.ts';

/** The scenario itself. */
export function attackPlan(
  scenario: Scenario,
  around: Circumstances,
  control: ControlRecord,
  repetition: number,
): AttemptPlan {
  const asks = scenario.needs.includes('answers-iq') || isRequest(scenario.entity.call);
  const answerMs = asks ? Math.max(LEAST_ANSWER, 2 * control.answerMs) : null;
  // Whoever is elsewhere was sent there from here.
  const last = Math.max(1, ...scenario.script.map((item) => firstConnection(item) + (isElsewhere(item) ? 1 : 0)));
  const { transport, via } = around;
  return {
    ...basePlan(scenario, around),
    name: `${scenario.id}[${transport},${via}]`,
    role: 'attack',
    repetition,
    receiving: receivingBehind(scenario, control),
    entity: scenario.entity,
    endpoints: scenario.endpoints,
    script: scenario.script,
    given: scenario.given ?? null,
    session: scenario.session,
    certified: !around.server && takesCertificate(scenario),
    calls: callsServer(scenario, around),
    until:
      scenario.session === 'stay'
        ? { connection: last, answerMs, claimMs: isAboutClaims(scenario) ? CLAIM : 0 }
        : around.server
          ? { ...UNTIL_ACCEPTED, answerMs, claimMs: injectedIqs(scenario.script).length > 0 ? LEAST_ANSWER : 0 }
          : null,
    timeoutMs:
      (control.durationMs > 5_000 ? Math.max(around.timeoutMs, 15_000) : around.timeoutMs) +
      // Each further connection takes its time to come.
      (last - 1) * 2 * control.reconnectMs,
    reconnectMs: control.reconnectMs,
  };
}

/** For an answer to a request, however soon the control had one. Milliseconds. */
const LEAST_ANSWER = 500;

/** After a login, before it is told to end: it has to see the login itself first. */
const CLAIM = 1_000;

const isElsewhere = ({ at = 'main' }: ScriptItem) => at !== 'main';

const isAboutClaims = ({ expect }: Scenario) => Object.keys(expect.never).some((code) => Object.hasOwn(CLAIMS, code));

/** What the real server makes of a man in the middle is what a scenario with one is about. */
function receivingBehind({ script, given }: Scenario, { receiving = 'simulated', boundAtServer }: ControlRecord) {
  // One that the scenario brings along is not in the table.
  const inTheMiddle = script.some(
    ({ do: { present } }) => present !== undefined && !given && credential(present).peer === 'trusted-mitm',
  );
  return receiving === 'tunnel' || (boundAtServer && inTheMiddle) ? 'relayed' : receiving;
}
