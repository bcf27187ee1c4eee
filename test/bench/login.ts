/** What a login costs the harness, held against a real server under the same load. */
import type { Figure, Row } from './figure.ts';
import { type Load, load, type Running } from './load.ts';
import { startMallory } from './mallory.ts';
import { startProsodyTarget } from './prosody-target.ts';
import { inTurns } from './rounds.ts';

const ROUNDS = 7;
const SESSIONS = 200;
/** Logins before those that count: only then V8 has compiled what it is going to compile. */
const WARM_UP = 2_000;

export const login: Figure = {
  name: 'login',
  title: 'STARTTLS login: TLS 1.3, P-256, SCRAM-SHA-1, bind, close; the server under load is a process of its own',
  async measure() {
    const [mallory, prosody] = await Promise.all([startMallory(), startProsodyTarget()]);
    try {
      const first = { mallory: await whole(mallory, SESSIONS, 16), prosody: await whole(prosody, SESSIONS, 16) };
      await whole(mallory, WARM_UP, 16);
      await whole(prosody, SESSIONS, 16);
      return [
        ...(await at(16, mallory, prosody)),
        ...(await at(1, mallory, prosody)),
        {
          what: `CPU per login, the first ${SESSIONS} of a process`,
          ours: { name: 'mallory', value: first.mallory.cpuMs },
          other: { name: 'prosody', value: first.prosody.cpuMs },
          unit: 'ms',
        },
      ];
    } finally {
      await Promise.all([mallory.stop(), prosody.stop()]);
    }
  },
};

async function at(atATime: number, mallory: Running, prosody: Running): Promise<Row[]> {
  const loads = await inTurns(ROUNDS, {
    mallory: () => whole(mallory, SESSIONS, atATime),
    prosody: () => whole(prosody, SESSIONS, atATime),
  });
  const row = (what: string, unit: string, key: 'cpuMs' | 'perSecond'): Row => ({
    what: `${what}, ${atATime} at a time`,
    ours: { name: 'mallory', value: loads.mallory(key) },
    other: { name: 'prosody', value: loads.prosody(key) },
    unit,
  });
  return [{ ...row('CPU per login', 'ms', 'cpuMs'), goal: { atMost: 0.5 } }, row('logins per second', '', 'perSecond')];
}

/** @throws if a session failed: then nothing was measured. */
async function whole(target: Running, sessions: number, atATime: number): Promise<Load> {
  const done = await load(target, sessions, atATime);
  if (done.failures[0] !== undefined) throw new Error(`${done.failures.length} sessions failed: ${done.failures[0]}`);
  return done;
}
