/** Manual mode: a run of one scenario, with a person in the place of a command. */
import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Transport } from '../../src/transcript.ts';
import type { Policy, Report } from '../result.ts';
import { run } from '../run/run.ts';
import type { Catalogue } from '../scenario/catalogue.ts';
import { BadInput } from '../scenario/problem.ts';
import { noMatch } from '../scenario/select.ts';
import { caInWords } from './instructions.ts';
import { checkListen, exposure, type Listen, ports } from './listen.ts';
import { createPerson } from './person.ts';

export interface ManualOptions {
  catalogue: Catalogue;
  id: string;
  listen: Listen;
  /** Default: the scenario's first. */
  transport?: Transport | undefined;
  /** Of one step, in milliseconds; starts anew with its first connection. */
  timeoutMs: number;
  /** What the report calls the program. */
  label: string;
  policy?: Policy | undefined;
  /** Where Enter comes from; no step waits for one that cannot come. */
  input: Readable;
  /** Takes what the person is to read. */
  tell(text: string): void;
  signal?: AbortSignal | undefined;
}

/** Milliseconds without a connection: a program that asks its user, or waits before it tries again, is not over yet. */
const IDLE = 10_000;

/** @throws BadInput for an unknown scenario, or where nobody can listen. */
export async function manual(options: ManualOptions): Promise<Report> {
  const { catalogue, id, listen, timeoutMs, label, policy, tell, signal } = options;
  const scenario = catalogue.scenarios.find((one) => one.id === id);
  if (!scenario) throw new BadInput(noMatch(id, catalogue));
  const transport = options.transport ?? scenario.transports[0] ?? 'starttls';
  await checkListen(listen);
  const person = createPerson({ tell, timeoutMs, label });
  const lines = createInterface({ input: options.input });
  let inputEnded = false;
  lines.once('close', () => {
    inputEnded = true;
  });
  try {
    return await run({
      client: person.client,
      catalogue,
      patterns: [id],
      transport,
      via: 'ip',
      policy,
      jobs: 1,
      timeoutMs,
      byHand: {
        address: listen.address,
        port: ports(listen),
        idleMs: IDLE,
        observed: person.observed,
        rerun: ['manual', id, '--tls', transport, ...(listen.text === null ? [] : ['--listen', listen.text])],
        async ready(caFile) {
          const entered = nextLine(lines, signal);
          tell(caInWords(caFile, exposure(listen)));
          tell('Enter when that is done.');
          if (!inputEnded) await entered;
          lines.on('line', person.enter);
        },
      },
      onProgress: (progress) => progress.type === 'note' && tell(`Note: ${progress.text}`),
      signal,
    });
  } finally {
    lines.close();
  }
}

/** Settles also where no line will come. */
function nextLine(lines: Interface, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      lines.off('line', done).off('close', done);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    lines.once('line', done).once('close', done);
    signal?.addEventListener('abort', done, { once: true });
    if (signal?.aborted) done();
  });
}
