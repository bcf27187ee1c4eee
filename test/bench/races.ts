/** What it costs to cut and delay: repetitions of an attack beside plain logins, by the reference client in process. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { functionClient } from '../../harness/client/function.ts';
import { attempt } from '../../harness/run/attempt.ts';
import { readControl } from '../../harness/run/control-record.ts';
import { attackPlan } from '../../harness/run/plan/attack.ts';
import type { AttemptPlan } from '../../harness/run/plan/attempt-plan.ts';
import { basePlan } from '../../harness/run/plan/base.ts';
import { createTurns } from '../../harness/run/turns.ts';
import type { World } from '../../harness/run/world.ts';
import { loadScenarios } from '../../harness/scenario/load.ts';
import { createAuthority } from '../../src/pki/authority.ts';
import { referenceClient } from '../reference-client/client.ts';
import type { Figure } from './figure.ts';
import { inTurns } from './rounds.ts';

const ROUNDS = 5;
const REPETITIONS = 200;
const around = { transport: 'starttls', via: 'ip', dialled: [], timeoutMs: 10_000 } as const;

export const races: Figure = {
  name: 'races',
  title: `${REPETITIONS} repetitions of a scenario, cut and delayed at random, and as many plain logins`,
  async measure() {
    const directory = await mkdtemp(join(tmpdir(), 'mallory-bench-'));
    const closers: (() => Promise<void>)[] = [];
    try {
      const { scenarios, requirements } = await loadScenarios();
      const scenario = scenarios.find(({ id }) => id === 'interop/no-prolog');
      if (!scenario) throw new Error('interop/no-prolog is gone: take another scenario that ends in a login');
      const authority = await createAuthority();
      const caFile = join(directory, 'ca.pem');
      await writeFile(caFile, authority.caPem);
      const world: World = {
        client: functionClient(referenceClient()),
        authority,
        caFile,
        directory,
        keep: null,
        captures: null,
        relay: null,
        server: null,
        byHand: null,
        confinement: null,
        rules: { requirements, policy: 'rfc9525' },
        seed: '1',
        signal: undefined,
        onEnd: (close) => closers.push(close),
      };
      const plain = basePlan(scenario, { ...around, dialled: [] });
      const control = readControl(plain, await attempt(world, plain, () => undefined), world.rules);
      const rateOf = (plan: (n: number) => AttemptPlan) => async () => ({ perSecond: await rate(world, plan) });
      const measured = await inTurns(ROUNDS, {
        shaken: rateOf((n) => attackPlan(scenario, { ...around, dialled: [] }, control, n)),
        plain: rateOf(() => plain),
      });
      return [
        {
          what: 'a second',
          ours: { name: 'repetitions', value: measured.shaken('perSecond') },
          other: { name: 'logins', value: measured.plain('perSecond') },
          unit: '',
          goal: { atLeast: 0.5 },
        },
      ];
    } finally {
      await Promise.all(closers.map((close) => close()));
      await rm(directory, { recursive: true, force: true });
    }
  },
};

async function rate(world: World, plan: (n: number) => AttemptPlan): Promise<number> {
  const inTurn = createTurns(availableParallelism());
  const started = performance.now();
  const numbers = Array.from({ length: REPETITIONS }, (_, index) => index + 2);
  await Promise.all(numbers.map((n) => inTurn((quiet) => attempt(world, plan(n), quiet))));
  return (REPETITIONS * 1_000) / (performance.now() - started);
}
