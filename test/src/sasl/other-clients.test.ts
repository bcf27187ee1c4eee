/** The client side of @xmpp/client, which shares no code with this server: sasl-scram-sha-1 and sasl-plain. */
import { createRequire } from 'node:module';
import test from 'ava';
import { account, begin, challengeOf, outcome } from './fixtures.ts';

interface Credentials {
  username: string;
  password: string;
  authzid?: string;
}

interface ClientMechanism {
  response(credentials: Credentials): Promise<string> | string;
  challenge(challenge: string): unknown;
  /** Only of SCRAM, after the second response: what the server has to prove. */
  _serverSignature?: Uint8Array;
}

const require = createRequire(import.meta.url);
const clients: Record<'scram' | 'plain', new () => ClientMechanism> = {
  scram: require('sasl-scram-sha-1'),
  plain: require('sasl-plain').Mechanism,
};

async function scram(credentials: Credentials, as = account) {
  const exchange = begin('SCRAM-SHA-1', { iterations: 16 }, as);
  const client = new clients.scram();
  const first = exchange.respond(Buffer.from(await client.response(credentials)));
  client.challenge(challengeOf(first).toString());
  return { client, step: exchange.respond(Buffer.from(await client.response(credentials))) };
}

test('sasl-scram-sha-1 logs in, and the server proves itself to it', async (t) => {
  const { client, step } = await scram({ username: 'user', password: 'pencil' });
  const signature = Buffer.from(client._serverSignature ?? []).toString('base64');
  t.deepEqual(step, { type: 'success', data: Buffer.from(`v=${signature}`), user: 'user', authzid: null });
});

test('sasl-scram-sha-1 with an authorization identity, a quoted name and a password beyond ASCII', async (t) => {
  const as = { localpart: 'a=b,c', domain: 'a.example.test', password: 'p\u00e4ssw\u00f6rt' };
  const credentials = { username: as.localpart, password: as.password, authzid: 'a=b,c@a.example.test' };
  const { step } = await scram(credentials, as);
  t.like(step, { type: 'success', user: 'a=b,c', authzid: 'a=b,c@a.example.test' });
});

test('sasl-scram-sha-1 with the wrong password', async (t) => {
  const { step } = await scram({ username: 'user', password: 'pencils' });
  t.is(outcome(step), 'not-authorized');
});

test('sasl-plain logs in', async (t) => {
  const message = await new clients.plain().response({ username: 'user', password: 'pencil' });
  t.is(outcome(begin('PLAIN').respond(Buffer.from(message))), 'success');
});
