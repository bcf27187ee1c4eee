/** SCRAM (RFC 5802; SHA-256: RFC 7677; SHA-512: draft-melnikov-scram-sha-512), with and without channel binding. */
import { randomUUID, timingSafeEqual } from 'node:crypto';
import { channelBindingOf } from './channel-bindings.ts';
import { bareJid, isBareJid, isUser } from './identity.ts';
import { type Failure, failure, isFailure, type Mechanism, type SaslContext, type Step } from './mechanism.ts';
import { saslPrep } from './saslprep.ts';
import { digest, hmac, type ScramHash, type ScramSecret, saltOf, scramKeys } from './scram-keys.ts';
import { type ClientFirst, parseClientFinal, parseClientFirst } from './scram-messages.ts';

const DEFAULT_ITERATIONS = 4096;

/** All that was said up to and including the server's first message. */
interface Challenged {
  first: ClientFirst;
  nonce: string;
  serverFirst: string;
  /** The octets that the client's `c=` has to encode. */
  bindingInput: Buffer;
}

/**
 * A SCRAM mechanism. A message that breaks the grammar, or whose flag contradicts the mechanism's name, is a
 * `malformed-request`; a refused channel binding, a mandatory extension, and a wrong nonce, user or proof are
 * `not-authorized`; someone else's authorization identity, after the right proof, is `invalid-authzid`.
 *
 * An unknown user gets a challenge as any other and fails with its proof: RFC 6120, section 6.5.10.
 *
 * @throws RangeError at the beginning of an exchange whose iteration count is no positive integer.
 */
export function scram(hash: ScramHash, plus: boolean): Mechanism {
  return (account, context) => {
    const secret: ScramSecret = {
      account,
      hash,
      salt: context.salt ?? saltOf(account, hash),
      iterations: context.iterations ?? DEFAULT_ITERATIONS,
    };
    if (!Number.isSafeInteger(secret.iterations) || secret.iterations < 1) {
      throw new RangeError(`SCRAM cannot announce ${secret.iterations} iterations`);
    }
    let challenged: Challenged | null = null;

    return (message) => {
      if (challenged !== null) return finish(message, challenged, secret);

      const first = parseClientFirst(message);
      if (isFailure(first)) return first;
      const binding = channelBindingData(first, plus, context);
      if (isFailure(binding)) return binding;
      if (saslPrep(first.username) === null) return failure('not-authorized', 'invalid-username-encoding');

      const nonce = first.nonce + (context.serverNonce ?? randomUUID());
      const hashed = context.protects ? `,h=${downgradeHash(hash, context.protects)}` : '';
      const serverFirst = `r=${nonce},s=${secret.salt.toString('base64')},i=${secret.iterations}${hashed}`;
      const bindingInput = Buffer.concat([Buffer.from(first.gs2Header), binding]);
      challenged = { first, nonce, serverFirst, bindingInput };
      return { type: 'challenge', data: Buffer.from(serverFirst) };
    };
  };
}

/** XEP-0474, section 5.1: both lists, each in the order of its octets. */
function downgradeHash(hash: ScramHash, { mechanisms, types }: NonNullable<SaslContext['protects']>): string {
  const lists = types === null ? [mechanisms] : [mechanisms, types];
  const text = lists.map((list) => list.toSorted().join('\x1e')).join('\x1f');
  return digest(hash, Buffer.from(text)).toString('base64');
}

/** RFC 5802, section 6: what the flag means to a server that offered what it offered. Without binding: no octets. */
function channelBindingData({ binding }: ClientFirst, plus: boolean, context: SaslContext): Buffer | Failure {
  if (binding.flag === 'y' && context.offered.some((name) => name.endsWith('-PLUS'))) {
    return failure('not-authorized', 'server-does-support-channel-binding');
  }
  if (plus !== (binding.flag === 'p')) {
    return failure('malformed-request', `The flag ${binding.flag} contradicts the mechanism's name`);
  }
  if (binding.flag !== 'p') return Buffer.alloc(0);
  return (
    channelBindingOf(context.channelBinding, binding.type) ??
    failure('not-authorized', 'unsupported-channel-binding-type')
  );
}

function finish(message: string, { first, nonce, serverFirst, bindingInput }: Challenged, secret: ScramSecret): Step {
  const { account, hash } = secret;
  const final = parseClientFinal(message);
  if (isFailure(final)) return final;
  if (final.channelBinding !== bindingInput.toString('base64')) {
    return failure('not-authorized', 'channel-bindings-dont-match');
  }
  if (final.nonce !== nonce) return failure('not-authorized', 'other-error: the nonce is not the one sent');

  const keys = scramKeys(secret);
  if (keys === null) return failure('temporary-auth-failure', 'other-error: no keys for this account');
  const authMessage = `${first.bare},${serverFirst},${final.withoutProof}`;
  const rightProof = proves(final.proof, hmac(hash, keys.storedKey, authMessage), keys.storedKey, hash);
  if (!isUser(account, first.username) || !rightProof) return failure('not-authorized', 'invalid-proof');
  if (first.authzid !== null && !isBareJid(account, first.authzid)) {
    return failure('invalid-authzid', 'The authorization identity is not the bare JID of the user');
  }

  const verifier = hmac(hash, keys.serverKey, authMessage).toString('base64');
  const authzid = first.authzid === null ? null : bareJid(account);
  return { type: 'success', data: Buffer.from(`v=${verifier}`), user: account.localpart, authzid };
}

/** Section 3: proof XOR signature is ClientKey, and StoredKey is its hash. */
function proves(proof: Buffer, clientSignature: Buffer, storedKey: Buffer, hash: ScramHash): boolean {
  if (proof.length !== clientSignature.length) return false;
  const clientKey = Buffer.from(clientSignature.map((octet, i) => octet ^ (proof[i] ?? 0)));
  return timingSafeEqual(digest(hash, clientKey), storedKey);
}
