/** Where script meets DNS: what a client asks before it connects passes through here, and is answered as the script likes. */

import type { Moment } from '../script/moment.ts';
import { due, type Script } from '../script/script.ts';
import type { Question, Reply } from '../services/dns/lookup.ts';
import type { Transcript } from '../transcript.ts';

export interface LookupOptions {
  script: Script;
  transcript: Transcript;
  /** How many connections there were: a lookup is for the next one. */
  connections(): number;
  fill(text: string): string;
}

/** The script's answer in place of the honest one; null: none. */
export type Answering = (question: Question, honest: Reply) => Reply | null;

export function createAnswering({ script, transcript, connections, fill }: LookupOptions): Answering {
  return (question, honest) => {
    const lookup = { question, reply: honest as Reply | null };
    const moment: Moment = {
      ...{ point: 'lookup', phase: 'clear', outputs: [], handshake: null, lookup, split: null, join: false, fill },
      arm: () => undefined,
    };
    const place = { point: 'lookup', phase: 'clear', connection: connections() + 1, endpoint: 'main' } as const;
    for (const { index, name, action, params } of due(script, place))
      if (action.apply(moment, params))
        transcript.record({ ...ON_NO_CONNECTION, type: 'action', index, action: name, point: 'lookup' });
    return lookup.reply;
  };
}

const ON_NO_CONNECTION = { layer: 'script', connection: 0, phase: 'clear' } as const;
