/** What a scenario costs beside a plain login: credentials are minted when they are needed, and once. */
import {
  type Catalogue,
  type Connect,
  loadScenarios,
  type Report,
  runScenarios,
  type Scenario,
} from '../../harness/index.ts';
import { referenceClient } from '../reference-client/client.ts';
import type { Figure } from './figure.ts';
import { startLoginProcess } from './login-process.ts';
import { inTurns } from './rounds.ts';

const ROUNDS = 3;

export const certificates: Figure = {
  name: 'certificates',
  title: 'certificate scenarios, then all, beside as many plain logins; the client is the reference client',
  async measure() {
    const catalogue = await loadScenarios();
    const chosen = catalogue.scenarios.filter(({ id }) => id.startsWith('certificate/'));
    const outside = startLoginProcess();
    try {
      const attack = { catalogue, patterns: ['certificate/*'] };
      const logins = { catalogue: plainLogins(catalogue, chosen.length), patterns: ['bench/*'] };
      const cpu = (what: typeof attack) => async () => ({ ms: await cpuPerSession(outside.client, what) });
      const things = { scenario: cpu(attack), login: cpu(logins) };
      await inTurns(1, things);
      const { scenario, login } = await inTurns(ROUNDS, things);
      const whole = { catalogue, patterns: [] };
      const many = { catalogue: plainLogins(catalogue, catalogue.scenarios.length), patterns: ['bench/*'] };
      const [all, control] = [await perSecond(whole), await perSecond(many)];
      return [
        {
          what: `CPU of the harness for each of ${2 * chosen.length} certificate scenarios, over both transports`,
          ours: { name: 'scenario', value: scenario('ms') },
          other: { name: 'login', value: login('ms') },
          unit: 'ms',
          goal: { atMost: 1.5 },
        },
        {
          what: 'all scenarios against the client in this process, waits included',
          ours: { name: 'scenarios', value: all },
          other: { name: 'logins', value: control },
          unit: 'per s',
          goal: { atLeast: 0.5 },
        },
      ];
    } finally {
      outside.stop();
    }
  },
};

interface What {
  catalogue: Catalogue;
  patterns: string[];
}

/** Scenarios in which nothing is attacked. */
function plainLogins(catalogue: Catalogue, count: number): Catalogue {
  const login = catalogue.scenarios.find(({ id }) => id === 'control/login');
  if (!login) throw new Error('There is no control/login.');
  const scenarios = Array.from({ length: count }, (_, index): Scenario => ({ ...login, id: `bench/login-${index}` }));
  return { ...catalogue, scenarios };
}

async function cpuPerSession(client: Connect, what: What): Promise<number> {
  const before = process.cpuUsage();
  const report = await runScenarios({ ...what, client, via: 'ip' });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / sessionsOf(report);
}

/** The controls' logins count as well, since they are in the measurement. */
const sessionsOf = ({ results, controls }: Report) => results.length + controls.length;

async function perSecond(what: What): Promise<number> {
  const started = performance.now();
  const report = await runScenarios({ ...what, client: referenceClient(), via: 'ip' });
  return sessionsOf(report) / ((performance.now() - started) / 1000);
}
