/**
 * One login, as cheap as it can be made: STARTTLS, TLS 1.3 with a full handshake, SCRAM-SHA-1, bind, close. It waits for
 * words, not for elements, and trusts nobody else than the CA that it was given.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { type SecureContext, connect as tlsConnect } from 'node:tls';

export interface Account {
  host: string;
  port: number;
  domain: string;
  localpart: string;
  password: string;
  /** Of the CA to trust; shared by all logins, for making one costs more than a login. */
  context: SecureContext;
}

/** A session that needs longer hangs. Milliseconds. */
const PATIENCE = 15_000;

/** @throws Error if it did not get to the end. */
export async function logIn(account: Account): Promise<void> {
  const { host, port, domain, context } = account;
  const tcp = connect({ host, port, noDelay: true });
  tcp.setTimeout(PATIENCE, () => tcp.destroy(new Error(`no word for ${PATIENCE} ms`)));
  const header = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='${domain}' version='1.0'>`;
  try {
    const clear = listen(tcp);
    tcp.write(header);
    await clear.hear('</stream:features>');
    tcp.write("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    await clear.hear('proceed');
    clear.stop();

    const tls = tlsConnect({ socket: tcp, servername: domain, secureContext: context, minVersion: 'TLSv1.3' });
    const { hear, ended } = listen(tls);
    tls.write(header);
    await hear('</stream:features>');
    const scram = startScram(account);
    tls.write(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>${scram.first}</auth>`);
    const challenge = textOf(await hear('</challenge>'));
    tls.write(`<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${scram.answer(challenge)}</response>`);
    await hear('</success>');
    tls.write(header);
    await hear('</stream:features>');
    tls.write("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
    await hear('</iq>');
    tls.write('</stream:stream>');
    await ended;
  } finally {
    tcp.destroy();
  }
}

/** `hear` settles with what came up to the words, once per call; everything rejects when the connection breaks. */
function listen(socket: Socket) {
  let heard = '';
  let wanted = '';
  let resolve: (text: string) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const look = () => {
    const at = wanted === '' ? -1 : heard.indexOf(wanted);
    if (at === -1) return;
    const text = heard.slice(0, at);
    heard = heard.slice(at + wanted.length);
    wanted = '';
    resolve(text);
  };
  const read = (chunk: Buffer) => {
    heard += chunk.toString('latin1');
    look();
  };
  socket.on('data', read);
  socket.on('error', (error) => reject(error));
  const ended = new Promise<void>((done) => {
    socket.once('close', () => {
      reject(new Error(`the connection ended instead of ${wanted || 'an answer'}; heard ${heard}`));
      done();
    });
  });
  return {
    ended,
    stop: () => socket.off('data', read),
    hear: (words: string) =>
      new Promise<string>((yes, no) => {
        [wanted, resolve, reject] = [words, yes, no];
        look();
      }),
  };
}

const textOf = (xml: string) => Buffer.from(xml.slice(xml.lastIndexOf('>') + 1), 'base64').toString();

const salted = new Map<string, Buffer>();

/** RFC 5802. The salted password is computed once: clients may, and the load is not to be about its own work. */
function startScram({ localpart, password }: Account) {
  const hmac = (key: Buffer, text: string) => createHmac('sha1', key).update(text).digest();
  const bare = `n=${localpart},r=${randomBytes(12).toString('hex')}`;
  return {
    first: Buffer.from(`n,,${bare}`).toString('base64'),
    answer(challenge: string): string {
      const [, nonce = '', salt = '', rounds = ''] = /^r=([^,]+),s=([^,]+),i=(\d+)/.exec(challenge) ?? [];
      const id = `${password} ${salt} ${rounds}`;
      const key = salted.get(id) ?? pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(rounds), 20, 'sha1');
      salted.set(id, key);
      const withoutProof = `c=biws,r=${nonce}`;
      const clientKey = hmac(key, 'Client Key');
      const stored = createHash('sha1').update(clientKey).digest();
      const signature = hmac(stored, `${bare},${challenge},${withoutProof}`);
      const proof = Buffer.from(clientKey.map((octet, index) => octet ^ (signature[index] ?? 0)));
      return Buffer.from(`${withoutProof},p=${proof.toString('base64')}`).toString('base64');
    },
  };
}
