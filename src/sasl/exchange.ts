/** The table of mechanisms, and what all of them have in common. */
import { isUtf8 } from 'node:buffer';
import { type ChannelBindingData, channelBindingTypes } from './channel-bindings.ts';
import { external } from './external.ts';
import { type Account, type Exchange, failure, type Mechanism, type SaslContext } from './mechanism.ts';
import { plain } from './plain.ts';
import { scram } from './scram.ts';

/** More than any message here needs: names and passwords of 255 octets, JIDs of 2 KiB, both of them quoted. */
const MAX_MESSAGE_OCTETS = 16_384;

/** Strongest first. */
const mechanisms = new Map<string, Mechanism>([
  ['EXTERNAL', external],
  ['SCRAM-SHA-512-PLUS', scram('sha512', true)],
  ['SCRAM-SHA-256-PLUS', scram('sha256', true)],
  ['SCRAM-SHA-1-PLUS', scram('sha1', true)],
  ['SCRAM-SHA-512', scram('sha512', false)],
  ['SCRAM-SHA-256', scram('sha256', false)],
  ['SCRAM-SHA-1', scram('sha1', false)],
  ['PLAIN', plain],
]);

/**
 * The names of what can be offered here, strongest first: `-PLUS` only where there is a channel to bind to, EXTERNAL only
 * to a client that has presented its certificate (RFC 6120, section 6.3.4).
 */
export function availableMechanisms(channelBinding: ChannelBindingData | null, certified = false): string[] {
  return [...mechanisms.keys()].filter((name) => isAvailable(name, channelBinding, certified));
}

function isAvailable(name: string, channelBinding: ChannelBindingData | null, certified: boolean): boolean {
  // Asked only where it matters, for the data of a channel have to be computed.
  if (name.endsWith('-PLUS')) return channelBindingTypes(channelBinding).length > 0;
  return certified || name !== 'EXTERNAL';
}

/**
 * Begins an authentication. Null if the mechanism was not offered, does not exist, or needs a channel binding that is
 * not there: the profile answers `invalid-mechanism` (RFC 6120, section 6.5.7).
 *
 * @throws RangeError for a mistake in the context, see `scram`.
 */
export function startExchange(name: string, account: Account, context: SaslContext): Exchange | null {
  const mechanism = mechanisms.get(name);
  if (!mechanism || !context.offered.includes(name)) return null;
  if (!isAvailable(name, context.channelBinding, context.certified ?? false)) return null;

  const answer = mechanism(account, context);
  let state: 'initial' | 'under-way' | 'over' = 'initial';
  return {
    respond(message) {
      // Every mechanism here is one where the client speaks first: RFC 4422, section 5, item 2a.
      if (message === null && state === 'initial') {
        state = 'under-way';
        return { type: 'challenge', data: Buffer.alloc(0) };
      }
      if (state === 'over') return failure('malformed-request', 'This exchange is over');
      const text = message && decode(message);
      const step =
        text === null ? failure('malformed-request', 'The message is absent, too long or no UTF-8') : answer(text);
      state = step.type === 'challenge' ? 'under-way' : 'over';
      return step;
    },
  };
}

/** Null if it is too long or no UTF-8. A byte order mark is a character as any other: SCRAM signs it. */
function decode(message: Buffer): string | null {
  return message.length <= MAX_MESSAGE_OCTETS && isUtf8(message) ? message.toString() : null;
}
