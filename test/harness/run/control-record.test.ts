/** What a control shows of a client: how long it takes to come back. */
import test from 'ava';
import type { Attempt } from '../../../harness/run/attempt.ts';
import { readControl } from '../../../harness/run/control-record.ts';
import { controlPlan } from '../../../harness/run/plan/control.ts';
import { loadScenarios } from '../../../harness/scenario/load.ts';
import { end, exit, login, on, type Step, scenario, toHello, transcript } from '../judge/transcripts.ts';

const { requirements } = await loadScenarios();
const around = { transport: 'starttls', via: 'ip', dialled: [], timeoutMs: 10_000 } as const;

function read(...steps: (Step | Step[])[]) {
  const plan = controlPlan(scenario({ session: 'stay' }), { ...around, dialled: [] });
  const attempt: Attempt = {
    observations: transcript(...steps, exit(0), end),
    ...{ canary: 'canary', domain: 'im.example.test', stderrTail: '', durationMs: 5_000, waitedMs: 0 },
    exit: { code: 0, signal: null },
  };
  const { state, reconnectMs } = readControl(plan, attempt, { requirements, policy: 'rfc9525' });
  return { state, reconnectMs };
}

const [connectedAgain = end, ...rest] = login(3);
const comesBack = (after: number): Step[] => [{ after, happening: connectedAgain as typeof end }, ...rest];

test('from the end of its first connection to its second', (t) => {
  t.deepEqual(read(login(1), comesBack(3_000)), { state: 'ok', reconnectMs: 3_000 });
});

test('of two connections at a time it drops one: it has not come back before it was gone', (t) => {
  const [, ...first] = login(1);
  const both = [on(1).connected(), on(2).connected(), on(2).closed()];
  t.deepEqual(read(both, first, comesBack(3_000)), { state: 'ok', reconnectMs: 3_000 });
});

test('a client that never was without a connection came back at once', (t) => {
  t.deepEqual(read(on(1).connected(), toHello(2).slice(0, 1), login(1).slice(1), login(2).slice(1)), {
    state: 'ok',
    reconnectMs: 0,
  });
});
