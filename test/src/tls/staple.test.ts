/** Mallory staples what the credential holds, and only to a client that asks. */
import { once } from 'node:events';
import { connect } from 'node:tls';
import test from 'ava';
import { credentialOf, domain, handshake } from './loopback.ts';

for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
  for (const name of ['valid-staple', 'staple-garbage']) {
    test(`${maxVersion}: ${name} goes out as it is`, async (t) => {
      const credential = await credentialOf(name);
      const { staple, flight } = await meet(credential, { maxVersion, requestOCSP: true });
      t.deepEqual(staple, credential.staple);
      t.true((flight ?? 0) > credential.flightBytes + (credential.staple?.length ?? 0));
    });
  }

  test(`${maxVersion}: a client that does not ask gets none`, async (t) => {
    t.is((await meet(await credentialOf('staple-revoked'), { maxVersion })).staple, null);
  });

  test(`${maxVersion}: where the credential has none, none comes`, async (t) => {
    t.is((await meet(await credentialOf('must-staple-without'), { maxVersion, requestOCSP: true })).staple, null);
  });
}

async function meet(credential: Awaited<ReturnType<typeof credentialOf>>, options: object) {
  let staple: Buffer | null = null;
  let secured: Promise<unknown> = Promise.resolve();
  const start = (port: number) => {
    const client = connect({ port, host: '127.0.0.1', servername: domain, rejectUnauthorized: false, ...options });
    client.on('OCSPResponse', (octets: Buffer | null) => {
      staple = octets;
    });
    secured = once(client, 'secureConnect').then(() => client.destroy());
  };
  const { flight } = await handshake(start, { credential });
  await secured;
  return { staple, flight };
}
