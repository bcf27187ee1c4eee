/** What a scenario adds to a session of a server that runs: held against its own control, waits aside. */
import { tmpdir } from 'node:os';
import { commandServer } from '../../harness/client/server-command.ts';
import { type Report, runScenarios } from '../../harness/index.ts';
import { bundledServers } from '../../harness/servers/servers.ts';
import type { Figure, Row } from './figure.ts';
import { median } from './rounds.ts';

const GOAL = 1.5;
const PATTERNS = ['control/login', 's2s-*/*', 'certificate/*'];

export const s2s: Figure = {
  name: 's2s',
  title:
    'a scenario against a server that runs, and its own control, from trigger to end, recorded waits aside; one at a time',
  async measure() {
    const rows = await Promise.all(bundledServers.map(async (server) => ({ server, ...(await server.detect()) })));
    const measured: Row[] = [];
    for (const { server } of rows.filter(({ installed }) => installed)) {
      const client = commandServer({ command: await server.command(tmpdir()), label: server.name, rerun: [] });
      measured.push(...ratios(server.name, await runScenarios({ client, patterns: PATTERNS, jobs: 1 })));
    }
    return measured;
  },
};

function ratios(name: string, { results, controls }: Report): Row[] {
  const lengths = new Map(controls.map((control) => [control.profile, control.durationMs]));
  const compared = results.flatMap(({ verdict, control, durationMs, waitedMs }) => {
    const own = control === null ? undefined : lengths.get(control);
    const judged = verdict === 'pass' || verdict === 'warn' || verdict === 'fail';
    return judged && own !== undefined ? [(durationMs - waitedMs) / own] : [];
  });
  const within = compared.filter((ratio) => ratio <= GOAL).length;
  return [
    {
      what: `${name}: median of ${compared.length} scenarios`,
      ours: { name: 'to its own control', value: median(compared) },
      other: null,
      unit: 'x',
      goal: { atMost: GOAL },
    },
    {
      what: `${name}: of them within ${GOAL} times`,
      ours: { name: 'share', value: (100 * within) / compared.length },
      other: null,
      unit: '%',
    },
  ];
}
