/** What a scenario of many connections costs beside so many plain logins, by the reference client in process. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { functionClient } from '../../harness/client/function.ts';
import { attempt } from '../../harness/run/attempt.ts';
import { readControl } from '../../harness/run/control-record.ts';
import { attackPlan } from '../../harness/run/plan/attack.ts';
import type { AttemptPlan, Circumstances } from '../../harness/run/plan/attempt-plan.ts';
import { basePlan } from '../../harness/run/plan/base.ts';
import { controlPlan } from '../../harness/run/plan/control.ts';
import type { World } from '../../harness/run/world.ts';
import { loadScenarios } from '../../harness/scenario/load.ts';
import type { Scenario } from '../../harness/scenario/scenario.ts';
import { createAuthority } from '../../src/pki/authority.ts';
import { referenceClient } from '../reference-client/client.ts';
import type { Figure, Row } from './figure.ts';
import { inTurns } from './rounds.ts';

const ROUNDS = 21;
const around: Circumstances = { transport: 'starttls', via: 'ip', dialled: [], timeoutMs: 10_000 };
const scenarios = [
  'control/stay',
  'fallback/stripped-after-login-scram',
  'fallback/stripped-after-connect-reset-stay',
  'fallback/certificate-remembered-from-the-start',
  'redirect/followed-chain',
];

export const connections: Figure = {
  name: 'connections',
  title: 'a scenario with N connections beside N plain logins and its waits; the client comes back at once',
  async measure() {
    const directory = await mkdtemp(join(tmpdir(), 'mallory-bench-'));
    const closers: (() => Promise<void>)[] = [];
    try {
      const { scenarios: all, requirements } = await loadScenarios();
      const authority = await createAuthority();
      const caFile = join(directory, 'ca.pem');
      await writeFile(caFile, authority.caPem);
      const world: World = {
        client: functionClient(referenceClient({ reconnectDelay: 0 })),
        authority,
        caFile,
        directory,
        keep: null,
        captures: null,
        byHand: null,
        confinement: null,
        relay: null,
        server: null,
        rules: { requirements, policy: 'rfc9525' },
        seed: '1',
        signal: undefined,
        onEnd: (close) => closers.push(close),
      };
      const rows: Row[] = [];
      for (const id of scenarios) {
        const scenario = all.find((one) => one.id === id);
        if (!scenario) throw new Error(`${id} is gone: take another scenario of several connections`);
        rows.push(await rowOf(world, scenario));
      }
      return rows;
    } finally {
      await Promise.all(closers.map((close) => close()));
      await rm(directory, { recursive: true, force: true });
    }
  },
};

async function rowOf(world: World, scenario: Scenario): Promise<Row> {
  const plain = basePlan(scenario, around);
  const controlled = controlPlan(scenario, around);
  const control = readControl(controlled, await attempt(world, controlled, () => undefined), world.rules);
  const attack = scenario.id.startsWith('control/') ? controlled : attackPlan(scenario, around, control, 1);
  await timed(world, attack);
  const { login, many } = await inTurns(ROUNDS, {
    login: () => timed(world, plain),
    many: () => timed(world, attack),
  });
  const count = many('connections');
  return {
    what: `${scenario.id}, ${count} connections`,
    ours: { name: 'scenario', value: many('ms') },
    other: { name: 'logins and waits', value: count * login('ms') + many('waitedMs') },
    unit: 'ms',
    goal: { atMost: 1.2 },
  };
}

async function timed(world: World, plan: AttemptPlan) {
  const started = performance.now();
  const { observations, waitedMs } = await attempt(world, plan, () => undefined);
  const ms = performance.now() - started;
  return { ms, waitedMs, connections: observations.filter(({ type }) => type === 'connected').length };
}
