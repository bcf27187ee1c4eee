/** A client that a person starts: it is told what to type, and says when the program has nothing more to show. */
import type { Observation } from '../../src/transcript.ts';
import type { Client, Exit } from '../client/client.ts';
import { stepInWords } from './instructions.ts';

export interface Person {
  client: Client;
  /** What the person's program does, for them to see. */
  observed(observation: Observation): void;
  /** The person has pressed Enter. */
  enter(): void;
}

export interface PersonOptions {
  tell(text: string): void;
  /** Of one step, in milliseconds. */
  timeoutMs: number;
  label: string;
}

/** So long without an observation, whoever presses Enter does not cut the program short. Milliseconds, as below. */
const QUIET = 3_000;
/** A program that tries again and again is never quiet. */
const LONGEST = 10_000;
/** Behind a good login there is nothing more to see. */
const AFTER_LOGIN = 1_000;

/** Nobody ends a person: what a step ends with is no exit status. */
const BY_HAND: Exit = { code: null, signal: null };

export function createPerson({ tell, timeoutMs, label }: PersonOptions): Person {
  let steps = 0;
  let current: Step | null = null;

  return {
    client: {
      label,
      version: null,
      command: [label],
      rerun: [],
      start(endpoint, record, role) {
        steps += 1;
        const step = createStep(role === 'control' && endpoint.session === 'once' ? AFTER_LOGIN : null);
        current = step;
        record({ layer: 'process', type: 'started' });
        tell(stepInWords(steps, role, endpoint, timeoutMs));
        const number = steps;
        void step.ended.then(() => tell(`  Step ${number} is over: log out, and take the account out of the program.`));
        return { ended: step.ended, terminate: async () => step.finish(), stderrTail: () => '' };
      },
    },
    observed(observation) {
      const words = inWords(observation);
      if (words !== null && current) tell(`  ${words}`);
      current?.observed(observation);
    },
    enter: () => current?.enter(),
  };
}

interface Step {
  ended: Promise<Exit>;
  finish(): void;
  observed(observation: Observation): void;
  enter(): void;
}

/** `afterLogin`: it is over so many milliseconds after a login; null: that is not for us to say. */
function createStep(afterLogin: number | null): Step {
  let finish: () => void = () => undefined;
  const ended = new Promise<Exit>((resolve) => {
    finish = () => {
      for (const timer of [quiet, longest, online]) clearTimeout(timer);
      resolve(BY_HAND);
    };
  });
  let lastAt: number | null = null;
  let quiet: NodeJS.Timeout | undefined;
  let longest: NodeJS.Timeout | undefined;
  let online: NodeJS.Timeout | undefined;
  return {
    ended,
    finish: () => finish(),
    observed(o) {
      if (!('connection' in o)) return;
      lastAt = performance.now();
      quiet?.refresh();
      if (afterLogin !== null && o.layer === 'xmpp' && o.type === 'bound') online ??= setTimeout(finish, afterLogin);
    },
    enter() {
      if (lastAt === null) return finish();
      if (quiet !== undefined) return;
      // The timer is set to what refreshing it starts again.
      quiet = setTimeout(finish, QUIET);
      longest = setTimeout(finish, LONGEST);
    },
  };
}

/** What a person wants to know of while it goes on. */
function inWords(o: Observation): string | null {
  if (o.layer === 'tcp' && o.type === 'connected' && o.direction === 'in') return `Connection ${o.connection}.`;
  if (o.layer === 'tcp' && o.type === 'closed') return `Connection ${o.connection} was closed by ${o.from}.`;
  if (o.layer === 'tls' && o.type === 'handshake') return `TLS is up (${o.version}).`;
  if (o.layer === 'tls' && o.type === 'failed') return 'The TLS handshake failed.';
  if (o.layer === 'script') return 'Mallory has tampered.';
  if (o.layer === 'xmpp' && o.type === 'bound') return 'The program is online.';
  if (o.layer === 'run' && o.type === 'limit') return 'The time of this step is up.';
  return null;
}
