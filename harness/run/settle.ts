/** When a scenario has ended (design, section 4). Events end each wait, and every wait has a limit. */
import type { Interceptor } from '../../src/interceptor/interceptor.ts';
import type { Observation, Transcript } from '../../src/transcript.ts';
import type { RunningClient } from '../client/client.ts';

export interface SettleOptions {
  transcript: Transcript;
  interceptor: Interceptor;
  client: RunningClient;
  /** Milliseconds; starts anew with the first connection. */
  timeoutMs: number;
  /** How long the client took to come back in its control, in milliseconds; 0 where that is not known. */
  reconnectMs: number;
  /** Whether what has just been observed breaks a rule that is never right. */
  broken(observation: Observation): boolean;
  /** After how many milliseconds a session that stays has nothing left to show; null: it still may. */
  fulfilled(observation: Observation): number | null;
  /** Called once nothing has been observed for a while: whoever waits for a free CPU need not wait for this client. */
  quiet(): void;
  signal?: AbortSignal | undefined;
}

/** Without a connection a client gets this long, or twice its reconnect delay. Milliseconds, as all below. */
const IDLE = 2_000;
/** So long without an observation, a client is waiting and not working. */
const QUIET = 1_000;
/** After a finding, for the strongest to show. */
const AFTER_FINDING = 1_000;

/** Settles when there is nothing more to wait for. `ours`: the client is still there, and has to be ended. */
export function settled(options: SettleOptions): Promise<{ ours: boolean }> {
  const { transcript, interceptor, client, timeoutMs, signal } = options;
  return new Promise((resolve) => {
    let limit = setTimeout(neverConnected, timeoutMs);
    let idle: NodeJS.Timeout | undefined;
    let finding: NodeJS.Timeout | undefined;
    let fulfilled: NodeJS.Timeout | undefined;
    const quiet = setTimeout(options.quiet, QUIET);
    let connected = false;
    let late = false;
    let over = false;
    let idleSince: number | null = null;
    let reconnectMs = options.reconnectMs;

    const unsubscribe = transcript.subscribe((o) => {
      quiet.refresh();
      if (o.layer === 'tcp' && o.type === 'connected') onConnected(o.t);
      const enough = options.fulfilled(o);
      if (enough !== null) {
        clearTimeout(fulfilled);
        // Not within the observation: what caused it may have more to record.
        fulfilled = setTimeout(() => {
          transcript.record({ layer: 'run', type: 'fulfilled' });
          end(true);
        }, enough);
      } else if (finding === undefined && options.broken(o)) {
        finding = setTimeout(() => stop('finding', AFTER_FINDING), AFTER_FINDING);
      }
    });
    interceptor.onIdle(startIdling);
    signal?.addEventListener('abort', aborted, { once: true });
    client.ended.then(() => end(false));
    if (signal?.aborted) aborted();

    function onConnected(t: number): void {
      clearTimeout(idle);
      if (idleSince !== null) reconnectMs = Math.max(reconnectMs, t - idleSince);
      idleSince = null;
      // The observation comes just before the interceptor has counted the connection.
      if (late) {
        setImmediate(atLimit);
        return;
      }
      if (connected) return;
      connected = true;
      clearTimeout(limit);
      limit = setTimeout(atLimit, timeoutMs);
    }

    function startIdling(): void {
      if (!connected || over) return;
      idleSince = transcript.now();
      const ms = Math.max(IDLE, 2 * reconnectMs);
      clearTimeout(idle);
      idle = setTimeout(() => stop('idle', ms), ms);
    }

    function neverConnected(): void {
      stop('no-connection', timeoutMs);
    }

    /** Without a connection the wait for the next one decides; with one, Mallory ends it, and waits once more. */
    function atLimit(): void {
      late = true;
      if (over || interceptor.open() === 0) return;
      transcript.record({ layer: 'run', type: 'limit', limit: 'connected', afterMs: timeoutMs });
      late = false;
      interceptor.hangUp();
      clearTimeout(limit);
      const ms = Math.max(IDLE, 2 * reconnectMs);
      limit = setTimeout(() => end(true), ms);
    }

    function stop(which: 'no-connection' | 'idle' | 'finding', afterMs: number): void {
      transcript.record({ layer: 'run', type: 'limit', limit: which, afterMs });
      end(true);
    }

    function aborted(): void {
      end(true);
    }

    function end(ours: boolean): void {
      over = true;
      clearTimeout(limit);
      clearTimeout(idle);
      clearTimeout(finding);
      clearTimeout(fulfilled);
      clearTimeout(quiet);
      unsubscribe();
      signal?.removeEventListener('abort', aborted);
      resolve({ ours });
    }
  });
}
