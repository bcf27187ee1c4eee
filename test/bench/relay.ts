/** What it costs to sit between a client and a real server, held against the simulated one and against sslsplit. */
import type { Figure, Row } from './figure.ts';
import { load } from './load.ts';
import { startMallory } from './mallory.ts';
import { startProsodyTarget } from './prosody-target.ts';
import { inTurns } from './rounds.ts';
import { sslsplitInstalled, startSslsplit } from './sslsplit-target.ts';

const ROUNDS = 5;
const SESSIONS = 200;
const AT_A_TIME = 16;

export const relay: Figure = {
  name: 'relay',
  title: `STARTTLS login through the relay, TLS intercepted, Prosody behind; ${AT_A_TIME} at a time`,
  async measure() {
    const prosody = await startProsodyTarget();
    const simulated = await startMallory();
    const relayed = await startMallory(prosody);
    const sslsplit = sslsplitInstalled() ? await startSslsplit(prosody.port) : null;
    const failures = { relayed: [] as string[], sslsplit: [] as string[] };
    const through = async (name: keyof typeof failures, target: typeof relayed) => {
      const done = await load(target, SESSIONS, AT_A_TIME);
      failures[name].push(...done.failures);
      return done;
    };
    try {
      // One of each that does not count, but for its failures: for compilers, caches and pools to warm up.
      await load(simulated, SESSIONS, AT_A_TIME);
      await through('relayed', relayed);
      if (sslsplit) await through('sslsplit', sslsplit);
      const loads = await inTurns(ROUNDS, {
        simulated: () => load(simulated, SESSIONS, AT_A_TIME),
        relayed: () => through('relayed', relayed),
        sslsplit: async () => (sslsplit ? through('sslsplit', sslsplit) : NOT_INSTALLED),
      });
      const side = (name: keyof typeof loads, key: 'cpuMs' | 'perSecond') => ({ name, value: loads[name](key) });
      const rows: Row[] = [
        {
          what: 'CPU per session',
          ours: side('relayed', 'cpuMs'),
          other: side('simulated', 'cpuMs'),
          unit: 'ms',
          goal: { atMost: 3 },
        },
        {
          what: `failed or hanging of ${(ROUNDS + 1) * SESSIONS} sessions`,
          ours: { name: 'relayed', value: failures.relayed.length },
          other: sslsplit && { name: 'sslsplit', value: failures.sslsplit.length },
          unit: '',
          compare: 'ours',
          goal: { atMost: 0 },
        },
        {
          what: 'sessions per second',
          ours: side('relayed', 'perSecond'),
          other: sslsplit && side('sslsplit', 'perSecond'),
          unit: '',
          goal: { atLeast: 3 },
        },
        {
          what: 'CPU per session',
          ours: side('relayed', 'cpuMs'),
          other: sslsplit && side('sslsplit', 'cpuMs'),
          unit: 'ms',
        },
      ];
      for (const why of new Set(failures.relayed)) console.error(`relay: ${why}`);
      return rows;
    } finally {
      await Promise.all([simulated.stop(), relayed.stop(), sslsplit?.stop()]);
      await prosody.stop();
    }
  },
};

const NOT_INSTALLED = { sessions: 0, failures: [], cpuMs: Number.NaN, perSecond: Number.NaN };
