/**
 * A client as one writes it in an afternoon, to see something move: it looks for words in what comes, logs in as soon as
 * there is a way, encrypts where there is none yet, checks nothing, and does whatever it is told. Hardly any scenario may
 * let it pass.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Connect, Endpoint } from '../../harness/client/client.ts';
import { after } from './patience.ts';
import { startExchange, tlsExporter } from './sasl.ts';

const TLS = { rejectUnauthorized: false, minVersion: 'TLSv1', ciphers: 'ALL:eNULL:aNULL:@SECLEVEL=0' } as const;

/** How long it waits for anything, in milliseconds, and how often it connects within one login. */
const PATIENCE = 400;
const MAX_CONNECTIONS = 4;

const NEVER = /$^/;
const FEATURES = /<\/(?:\w+:)?features\s*>|<(?:\w+:)?features[^>]*\/>/;
/** What a login can begin with. */
const LOGIN = /mechanism|iq-auth|xmpp-bind|<success/;
const REPLY = /<(?:\w+:)?(proceed|failure|success|error|features|stream)\b[^>]*>/;
const STEP = /<(?:\w+:)?(challenge|success|failure)\b[^>]*?(?:\/>|>([^<]*))/;

interface Target {
  host: string;
  port: number;
  encrypt: boolean;
}

export const naiveClient: Connect = async (endpoint, signal) => {
  let target: Target = { host: endpoint.host, port: endpoint.port, encrypt: true };
  let online = false;
  for (let failures = 0; failures < MAX_CONNECTIONS && !signal.aborted; ) {
    const line = new Line(signal);
    let there = false;
    try {
      await line.open(target, endpoint);
      await logIn(line, endpoint, target.encrypt);
      online = there = true;
      if (endpoint.session === 'once') break;
      await line.until(NEVER, 60_000);
    } catch {
      // Something does not like TLS: without it things often work.
      if (!there) target = { ...target, ...line.redirect(), encrypt: false };
      failures += there ? 0 : 1;
    } finally {
      line.close();
    }
    await delay(50);
  }
  return { result: online ? 'online' : 'refused' };
};

async function logIn(line: Line, endpoint: Endpoint, encrypt: boolean): Promise<void> {
  const user = endpoint.jid.split('@', 1).join();
  const header =
    `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'` +
    ` to='${endpoint.domain}' from='${endpoint.jid}' version='1.0'>`;
  line.send(header);
  let features = await line.until(FEATURES);
  if (encrypt && endpoint.tls === 'starttls' && !LOGIN.test(features) && features.includes('starttls')) {
    line.send(`<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`);
    const reply = await line.until(REPLY);
    if (reply.includes('proceed')) {
      await line.encrypt(endpoint.domain);
      line.send(header);
      features = await line.until(FEATURES);
    }
  }
  if (!/<success|xmpp-bind/.test(features)) {
    const sasl2 = !features.includes('xmpp-sasl');
    const done = await sasl(line, features, user, endpoint.password, sasl2);
    if (!done) return iqAuth(line, user, endpoint.password);
    if (!sasl2) line.send(header);
    await line.until(FEATURES);
  }
  line.send(`<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>`);
  if (!(await line.until(/<iq[^>]*>/)).includes('result')) throw new Error('not bound');
}

/** The first mechanism that it knows. */
async function sasl(line: Line, features: string, user: string, password: string, sasl2: boolean): Promise<boolean> {
  const offered = [...features.matchAll(/<(?:\w+:)?mechanism\b[^>]*>([^<]*)/g)].map((match) => match[1] ?? '');
  const data = tlsExporter(line.tls);
  const binding = data && { type: 'tls-exporter', data };
  const has = () => false;
  for (const name of offered) {
    const memory = {
      wasOnline: false,
      probed: false,
      session: null,
      leaf: null,
      shown: new Set<string>(),
      usedScram: false,
      redirectUnread: false,
      signal: AbortSignal.timeout(0),
      nonce: null,
      token: null,
      resumable: null,
    };
    const exchange = startExchange(
      { user, password },
      { has, memory, certified: false, offered: [name], types: null, binding },
    );
    if (!exchange) continue;
    const ns = sasl2 ? 'urn:xmpp:sasl:2' : 'urn:ietf:params:xml:ns:xmpp-sasl';
    const first = exchange.initial.toString('base64');
    if (sasl2)
      line.send(
        `<authenticate xmlns='${ns}' mechanism='${name}'><initial-response>${first}</initial-response></authenticate>`,
      );
    else line.send(`<auth xmlns='${ns}' mechanism='${name}'>${first}</auth>`);
    for (;;) {
      const [, what, text = ''] = STEP.exec(await line.until(STEP)) ?? [];
      if (what === 'success') return true;
      if (what !== 'challenge') break;
      const response = await exchange.respond(Buffer.from(text, 'base64'));
      line.send(`<response xmlns='${ns}'>${response.toString('base64')}</response>`);
    }
  }
  return false;
}

async function iqAuth(line: Line, user: string, password: string): Promise<void> {
  line.send(`<iq type='get' id='fields'><query xmlns='jabber:iq:auth'><username>${user}</username></query></iq>`);
  await line.until(/<iq[^>]*>/);
  const fields = `<username>${user}</username><password>${password}</password><resource>naive</resource>`;
  line.send(`<iq type='set' id='login'><query xmlns='jabber:iq:auth'>${fields}</query></iq>`);
  if (!/result[^>]*>$/.test(await line.until(/<iq[^>]*id=["']login["'][^>]*>/))) throw new Error('not logged in');
}

/** Text that comes, and is looked through from where the last search has ended. */
class Line {
  tls: TLSSocket | null = null;
  #signal: AbortSignal;
  #socket: Socket | null = null;
  #text = '';
  #seen = '';
  #ended = false;
  #wake = (): void => undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  async open({ host, port, encrypt }: Target, endpoint: Endpoint): Promise<void> {
    const tcp = connect({ host, port, noDelay: true });
    this.#listen(tcp);
    this.#signal.addEventListener('abort', this.close, { once: true });
    await once(tcp, 'connect', { signal: this.#signal });
    if (encrypt && endpoint.tls === 'direct') await this.encrypt(endpoint.domain);
  }

  async encrypt(servername: string): Promise<void> {
    const tcp = this.#socket;
    if (!tcp) return;
    tcp.removeAllListeners('data');
    const secured = connectTls({ ...TLS, socket: tcp, servername });
    secured.on('error', () => undefined);
    const cancel = after(PATIENCE * 4, () => secured.destroy());
    const closed = once(secured, 'close').then(() => Promise.reject(new Error('no TLS')));
    await Promise.race([once(secured, 'secureConnect'), closed]).finally(cancel);
    closed.catch(() => undefined);
    this.tls = secured;
    this.#listen(secured);
  }

  send(xml: string): void {
    // A line is a line.
    if (!this.#socket?.destroyed) this.#socket?.write(`${xml}\n`);
  }

  /** What has come up to the end of what is looked for; without it, after a while, all that has come. */
  async until(what: RegExp, patience = PATIENCE): Promise<string> {
    for (;;) {
      if (this.redirect()) throw new Error('they are elsewhere');
      const found = what.exec(this.#text);
      const end = found ? found.index + found[0].length : this.#text.length;
      this.#answer(end);
      if (found) {
        const text = this.#text.slice(0, end);
        this.#text = this.#text.slice(end);
        return text;
      }
      if (this.#ended) throw new Error('closed');
      const more = await new Promise<boolean>((resolve) => {
        const cancel = after(patience, () => resolve(false));
        this.#wake = () => {
          cancel();
          resolve(true);
        };
      });
      if (!more) return this.#text;
    }
  }

  redirect(): { host: string; port: number } | undefined {
    const [, host, port] = /see-other-host[^>]*>([^<:]+):?(\d*)</.exec(this.#seen) ?? [];
    return host ? { host, port: Number(port || 5222) } : undefined;
  }

  close = (): void => {
    this.#signal.removeEventListener('abort', this.close);
    this.#socket?.end();
    this.#socket?.destroySoon();
  };

  /** Whoever asks gets an answer. */
  #answer(end: number): void {
    const [done, rest] = [this.#text.slice(0, end), this.#text.slice(end)];
    for (const [iq] of done.matchAll(/<iq\b[^>]*>/g)) {
      const id = /\bid=["']([^"']*)/.exec(iq)?.[1];
      if (/type=["'](get|set)/.test(iq)) this.send(`<iq type='result' id='${id}'/>`);
    }
    // Of the same length, so that `end` stays where it is.
    this.#text = done.replace(/(<iq\b[^>]*type=["'])(get|set)/g, '$1---') + rest;
  }

  #listen(socket: Socket): void {
    this.#socket = socket;
    const end = () => {
      this.#ended = true;
      this.#wake();
    };
    socket.on('error', end).on('end', end).on('close', end);
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString();
      this.#seen += chunk.toString();
      this.#wake();
    });
  }
}
