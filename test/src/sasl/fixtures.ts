import { createHash } from 'node:crypto';
import type { ChannelBindingData } from '../../../src/sasl/channel-bindings.ts';
import { availableMechanisms, startExchange } from '../../../src/sasl/exchange.ts';
import type { Account, Exchange, SaslContext, Step } from '../../../src/sasl/mechanism.ts';

export const account: Account = { localpart: 'user', domain: 'a.example.test', password: 'pencil' };

/** TLS 1.2, where all three types exist. */
export const tls: ChannelBindingData = {
  version: 'TLSv1.2',
  tlsExporter: Buffer.from(Array.from({ length: 32 }, (_, i) => i)),
  tlsUnique: Buffer.from(Array.from({ length: 12 }, (_, i) => 100 + i)),
  tlsServerEndPoint: createHash('sha256').update('certificate').digest(),
};

/** Everything offered that can be; few iterations, for most tests are not about them. */
export function begin(name: string, context: Partial<SaslContext> = {}, as: Account = account): Exchange {
  const channelBinding = context.channelBinding ?? null;
  const offered = availableMechanisms(channelBinding);
  const exchange = startExchange(name, as, { offered, channelBinding, iterations: 2, ...context });
  if (exchange === null) throw new Error(`${name} does not start`);
  return exchange;
}

/** The step in a word, for tables: its type or, for a failure, its condition. */
export function outcome(step: Step): string {
  return step.type === 'failure' ? step.condition : step.type;
}

/** The data of a challenge; an error for anything else. */
export function challengeOf(step: Step): Buffer {
  if (step.type !== 'challenge') throw new Error(`expected a challenge, got ${outcome(step)}`);
  return step.data;
}
