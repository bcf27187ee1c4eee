/** Looks for secrets that must not be where they are found: raw, and inside base 64 as SASL sends it. */
import type { SecretFound } from '../transcript.ts';

/** Name and value of each secret that a scenario gave to its client. */
export type Canaries = ReadonlyMap<string, string>;

/** Long enough for every SASL message, short enough to make a flood cheap. */
const MAX_TOKEN = 8_192;

/** Undefined where nothing was found, so that it can be left out of an observation. */
export function findSecrets(text: string, canaries: Canaries): SecretFound[] | undefined {
  const found: SecretFound[] = [];
  for (const [secret, value] of canaries) {
    // Tokens are decoded octet by octet, and a password of an account may hold more than ASCII.
    const octets = Buffer.from(value).toString('latin1');
    if (text.includes(value) || text.includes(octets)) found.push({ secret, form: 'raw' });
    else if (text.includes(Buffer.from(value).toString('base64').replace(/=+$/, '')))
      found.push({ secret, form: 'base64' });
    else if (decodedTokens(text).some((token) => token.includes(octets) || token.includes(value)))
      found.push({ secret, form: 'sasl' });
  }
  return found.length > 0 ? found : undefined;
}

function decodedTokens(text: string): string[] {
  const tokens = text.match(/[A-Za-z0-9+/]{8,}={0,2}/g) ?? [];
  return tokens.slice(0, 64).map((token) => Buffer.from(token.slice(0, MAX_TOKEN), 'base64').toString('latin1'));
}
