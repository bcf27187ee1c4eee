/** A client that somebody else starts: it is told where to log in, and says when it has ended. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Claim, Happening } from '../../src/transcript.ts';
import type { Client, Endpoint, Exit, Role, RunningClient } from '../client/client.ts';
import { environmentChanges } from '../client/environment.ts';
import { settlesWithin } from '../client/within.ts';
import type { Answer, RequestId } from './protocol.ts';

export interface RemoteClient extends Client {
  /** Everything that is started from within `task` belongs to this request. */
  within<T>(request: Origin, task: () => Promise<T>): Promise<T>;
  /** The request from within which this is called. */
  current(): Origin | undefined;
  /** The client of the request's attempt has ended. @returns false where there is no attempt to end. */
  done(id: RequestId, claim: Claim | null): boolean;
}

/** Whom a client is started for. */
export interface Origin {
  id: RequestId;
  /** Aborted when it is cancelled. */
  signal: AbortSignal;
}

/** For the answer to `stop`, in milliseconds (design, section 9). */
const GRACE = 2_000;
const EXIT_CODES = { online: 0, refused: 1, unsupported: 77 };
const GIVEN_UP: Exit = { code: null, signal: 'SIGKILL' };

interface Attempt {
  finish(exit: Exit): void;
  claim(claim: Claim): void;
}

/**
 * Controls are shared by all requests: the client of one that several wait for is started under the request that asked
 * first, which is known from the asynchronous context.
 */
export function remoteClient(label: string, send: (answer: Answer) => void): RemoteClient {
  const context = new AsyncLocalStorage<Origin>();
  const running = new Map<RequestId, Attempt>();
  let attempts = 0;

  function start(endpoint: Endpoint, record: (happening: Happening) => void, role: Role): RunningClient {
    const request = context.getStore();
    if (request === undefined) throw new Error('A client was started outside of any request.');
    const { id } = request;
    attempts += 1;
    const attempt = attempts;
    let over = false;
    const ended = new Promise<Exit>((resolve) => {
      running.set(id, {
        finish(exit) {
          over = true;
          running.delete(id);
          resolve(exit);
        },
        claim: (claim) => record({ layer: 'process', type: 'claim', claim }),
      });
    });
    record({ layer: 'process', type: 'started' });
    send({ id, attempt, role, endpoint, environment: environmentChanges(endpoint) });
    return {
      ended,
      async terminate() {
        if (over) return;
        send({ id, attempt, stop: request.signal.aborted ? 'cancelled' : 'limit' });
        if (!(await settlesWithin(ended, GRACE))) running.get(id)?.finish(GIVEN_UP);
      },
      stderrTail: () => '',
    };
  }

  return {
    label,
    version: null,
    command: [label],
    rerun: [],
    start,
    within: (request, task) => context.run(request, task),
    current: () => context.getStore(),
    done(id, claim) {
      const attempt = running.get(id);
      if (!attempt) return false;
      if (claim) attempt.claim(claim);
      attempt.finish({ code: EXIT_CODES[claim?.result ?? 'online'], signal: null });
      return true;
    },
  };
}
