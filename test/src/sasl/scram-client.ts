/** A SCRAM client for these tests, written from the RFC and not from `src/sasl`: Hi() is spelled out, not PBKDF2. */
import { createHash, createHmac } from 'node:crypto';

export interface Login {
  hash: 'sha1' | 'sha256' | 'sha512';
  password: string;
  /** As sent: quoted, not decoded. */
  username?: string;
  nonce?: string;
  gs2Header?: string;
  /** What follows the header in `c=`. */
  bindingData?: Buffer;
}

export interface ScramClient {
  first: Buffer;
  final(serverFirst: Buffer): Buffer;
  /** Whether the server's final message proves that it knows the password, too. */
  verifies(serverFinal: Buffer | null): boolean;
}

export function scramClient({
  hash,
  password,
  username = 'user',
  nonce = 'clientnonce',
  gs2Header = 'n,,',
  bindingData = Buffer.alloc(0),
}: Login): ScramClient {
  const hmac = (key: Buffer | string, text: Buffer | string) => createHmac(hash, key).update(text).digest();
  const bare = `n=${username},r=${nonce}`;
  let expected = '';
  return {
    first: Buffer.from(gs2Header + bare),
    final(serverFirst) {
      const { r, s, i } = attributes(serverFirst);
      let u: Buffer = hmac(password, Buffer.concat([Buffer.from(s ?? '', 'base64'), Buffer.from([0, 0, 0, 1])]));
      let salted: Buffer = u;
      for (let round = 1; round < Number(i); round += 1) {
        u = hmac(password, u);
        salted = xor(salted, u);
      }
      const channelBinding = Buffer.concat([Buffer.from(gs2Header), bindingData]).toString('base64');
      const withoutProof = `c=${channelBinding},r=${r}`;
      const authMessage = `${bare},${serverFirst},${withoutProof}`;
      const clientKey = hmac(salted, 'Client Key');
      const signature = hmac(createHash(hash).update(clientKey).digest(), authMessage);
      expected = `v=${hmac(hmac(salted, 'Server Key'), authMessage).toString('base64')}`;
      return Buffer.from(`${withoutProof},p=${xor(clientKey, signature).toString('base64')}`);
    },
    verifies: (serverFinal) => expected !== '' && serverFinal?.toString() === expected,
  };
}

/** The attributes of a server's message, by letter. */
export function attributes(message: Buffer): Record<string, string | undefined> {
  return Object.fromEntries(
    message
      .toString()
      .split(',')
      .map((part) => [part.slice(0, 1), part.slice(2)]),
  );
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((octet, i) => octet ^ (b[i] ?? 0)));
}
