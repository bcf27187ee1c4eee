/** What it costs to be told by another program: the same scenarios by `serve` and by `run`, one after the other. */
import { runScenarios } from '../../harness/index.ts';
import { bind } from '../harness/serve/binding.ts';
import { referenceClient } from '../reference-client/client.ts';
import type { Figure } from './figure.ts';
import { inTurns } from './rounds.ts';

const ROUNDS = 5;
/** They end in a login, so that no wait of the client's or of the harness' hides the rest. */
const IDS = ['no-prolog', 'prefixed-starttls', 'tls-1.2-only', 'tls-1.3-only', 'header-and-features-together'].map(
  (name) => `interop/${name}`,
);

export const serve: Figure = {
  name: 'serve',
  title: `${IDS.length} scenarios with their controls, by the reference client in process`,
  async measure() {
    const client = referenceClient();
    const each = (all: number) => ({ ms: all / IDS.length });
    const byRun = async () => {
      const started = performance.now();
      await runScenarios({ client, patterns: IDS, transport: 'starttls', via: 'ip', jobs: 1 });
      return each(performance.now() - started);
    };
    const byServe = async () => {
      const started = performance.now();
      const binding = await bind({ jobs: 1 });
      for (const [index, id] of IDS.entries()) await binding.start(index, { start: id }, client);
      await binding.end();
      return each(performance.now() - started);
    };
    await byRun();
    await byServe();
    const measured = await inTurns(ROUNDS, { serve: byServe, run: byRun });
    return [
      {
        what: 'a scenario',
        ours: { name: 'serve', value: measured.serve('ms') },
        other: { name: 'run', value: measured.run('ms') },
        unit: 'ms',
        compare: 'difference',
        goal: { atMost: 5 },
      },
    ];
  },
};
