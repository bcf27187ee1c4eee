/**
 * A transcript as a ladder diagram: who said what to whom, in order, and what protected it. Pure, and without Node: the
 * page runs it where a scenario is opened.
 */
import type { Observation } from '../../../src/transcript.ts';
import { visible } from '../escape.ts';
import { happening } from '../observation-line.ts';

export type Lane = 'client' | 'mallory' | 'server';

/** `handshake`: of TLS, before it protects anything. */
export type Protection = 'clear' | 'handshake' | 'tls';

export type Step = {
  /** Of the observation. */
  n: number;
  /** Milliseconds since the transcript began. */
  t: number;
  /** Null: of the process or the run. */
  connection: number | null;
  text: string;
  /** What Mallory would not do if it were a good server. */
  tampered: boolean;
} & ({ kind: 'message'; from: Lane; to: Lane; protection: Protection; secrets: string[] } | { kind: 'note'; at: Lane });

export interface Ladder {
  /** Whether there is a lane for a real server. */
  server: boolean;
  steps: Step[];
}

export function ladderOf(transcript: readonly Observation[]): Ladder {
  const changed = changedBy(transcript);
  const steps = transcript.map((o) => stepOf(o, changed.has(o.n)));
  return { server: steps.some((step) => lanesOf(step).includes('server')), steps };
}

const lanesOf = (step: Step): Lane[] => (step.kind === 'note' ? [step.at] : [step.from, step.to]);

/**
 * The writes that an action of the script changed or made: an action is recorded right behind them, before anything of
 * the client's. One that wrote nothing, such as `stall`, stands for itself.
 */
function changedBy(transcript: readonly Observation[]): Set<number> {
  const changed = new Set<number>();
  const last = new Map<number, number | null>();
  for (const o of transcript) {
    if (!('connection' in o)) continue;
    if (o.layer === 'script') {
      changed.add(last.get(o.connection) ?? o.n);
    } else {
      last.set(o.connection, 'from' in o && o.from === 'mallory' ? o.n : null);
    }
  }
  return changed;
}

function stepOf(o: Observation, changed: boolean): Step {
  const common = { n: o.n, t: o.t, connection: 'connection' in o ? o.connection : null };
  const words = visible(happening(o));
  const note = (at: Lane, tampered = false): Step => ({ ...common, kind: 'note', at, text: words, tampered });
  const message = (from: Lane, protection: Protection, text: string, tampered = changed): Step => ({
    ...common,
    ...{ kind: 'message', from, to: from === 'client' ? 'mallory' : 'client', protection },
    ...{ text: visible(text), tampered, secrets: secretsIn(o) },
  });
  switch (o.layer) {
    case 'xmpp':
      if (o.type === 'authenticated' || o.type === 'bound' || o.type === 'accepted') return note('mallory');
      return message(o.from, protectionOf(o.phase), spoken(o));
    case 'tcp':
      return tcpStep(o, { note, message, changed });
    case 'tls':
      if (o.type === 'flight')
        return message('mallory', 'handshake', afterArrow(words), changed || o.peer !== 'honest');
      if (o.type === 'rewritten' || o.type === 'forged')
        return message('mallory', 'handshake', afterArrow(words), true);
      if (o.type === 'handshake') return message('client', 'handshake', words.replace(/^client /, ''));
      return message(o.from, 'handshake', o.type === 'failed' ? words.replace(/^\w+ /, '') : afterArrow(words));
    case 'dns':
    case 'http':
      return note(o.from);
    case 'script':
      return note('mallory', true);
    case 'process':
      return note('client');
    case 'run':
      return note('mallory');
  }
}

interface Make {
  note(at: Lane, tampered?: boolean): Step;
  message(from: Lane, protection: Protection, text: string, tampered?: boolean): Step;
  changed: boolean;
}

function tcpStep(o: Observation & { layer: 'tcp' }, { note, message, changed }: Make): Step {
  switch (o.type) {
    case 'connected':
      return o.direction === 'in' ? note('client') : note('server');
    case 'bytes':
      return message('client', protectionOf(o.phase), `${JSON.stringify(o.text)} (${o.length} bytes)`);
    case 'written':
      return message('mallory', protectionOf(o.phase), o.text, true);
    case 'closed':
      return note(o.from, changed);
    case 'upstream-failed':
    case 'tunnelled':
      return note('server');
    case 'refused':
      return note('mallory');
  }
}

const protectionOf = (phase: 'clear' | 'tls' | 'authenticated'): Protection => (phase === 'clear' ? 'clear' : 'tls');

function spoken(o: Observation & { layer: 'xmpp' }): string {
  if (o.type === 'stream-open' || o.type === 'element') return o.xml;
  return o.type === 'malformed'
    ? `${JSON.stringify(o.text)}, which is no XML of a stream: ${o.reason}`
    : '</stream:stream>';
}

const afterArrow = (words: string) => words.replace(/^\w+ -> /, '');

function secretsIn(o: Observation): string[] {
  return 'secrets' in o ? [...new Set(o.secrets?.map(({ secret }) => secret))] : [];
}
