/** A hand-driven client for tests of the interceptor: writes what it is told, and waits for what it expects. */
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';
import { type SimulatedSettings, simulated } from '../../../src/entity/simulated.ts';
import { startInterceptor } from '../../../src/interceptor/interceptor.ts';
import type { InterceptorOptions } from '../../../src/interceptor/interceptor-options.ts';
import { type Authority, createAuthority } from '../../../src/pki/authority.ts';
import { createTranscript, type Observation } from '../../../src/transcript.ts';

export const DOMAIN = 'im.xmpp.test';
export const JID = `juliet@${DOMAIN}`;
export const PASSWORD = 'canary-of-verona';

const authority: Promise<Authority> = createAuthority();

export const GOOD: SimulatedSettings = {
  account: { localpart: 'juliet', domain: DOMAIN, password: PASSWORD },
  mechanisms: { clear: [], tls: ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'] },
  sasl2: { clear: [], tls: [] },
  iqAuth: { clear: false, tls: false },
};

export async function start(options: Partial<InterceptorOptions> & { settings?: Partial<SimulatedSettings> } = {}) {
  const transcript = createTranscript();
  const { settings, ...rest } = options;
  const interceptor = await startInterceptor({
    authority: await authority,
    domain: DOMAIN,
    jid: JID,
    transport: 'starttls',
    transcript,
    entity: simulated({ ...GOOD, ...settings }),
    canaries: new Map([['password', PASSWORD]]),
    ...rest,
  });
  return { interceptor, transcript, ca: (await authority).caPem };
}

export interface Talk {
  say(text: string | Buffer): void;
  /** Reads until the pattern matches what came since the last call; returns that. Rejects after 5 s, or at the end. */
  hear(pattern: RegExp): Promise<string>;
  /** Reads to the end. */
  ended(): Promise<string>;
  /** The sizes of the chunks that came. */
  chunks: number[];
  upgrade(options: ConnectionOptions): Promise<Talk>;
  socket: Socket;
}

export function dial(port: number): Promise<Talk> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => resolve(talkOver(socket)));
  });
}

export function dialTls(port: number, options: ConnectionOptions): Promise<Talk> {
  const socket = tlsConnect({ port, host: '127.0.0.1', servername: DOMAIN, ...options });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('secureConnect', () => resolve(talkOver(socket)));
  });
}

function talkOver(socket: Socket): Talk {
  let heard = '';
  let over = false;
  let wake = (): void => undefined;
  const chunks: number[] = [];
  const onData = (chunk: Buffer) => {
    heard += chunk.toString('latin1');
    chunks.push(chunk.length);
    wake();
  };
  socket.on('data', onData);
  socket.on('error', () => undefined);
  socket.on('close', () => {
    over = true;
    wake();
  });
  async function until(done: () => boolean, what: string): Promise<void> {
    const limit = AbortSignal.timeout(5_000);
    while (!done()) {
      if (limit.aborted) throw new Error(`waited in vain for ${what}; heard ${heard}`);
      await new Promise<void>((resolve) => {
        wake = resolve;
        limit.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }
  return {
    socket,
    chunks,
    say: (text) => void socket.write(text),
    async hear(pattern) {
      await until(() => pattern.test(heard) || over, String(pattern));
      const match = pattern.exec(heard);
      if (!match) throw new Error(`the connection ended before ${pattern}; heard ${heard}`);
      const all = heard.slice(0, match.index + match[0].length);
      heard = heard.slice(match.index + match[0].length);
      return all;
    },
    async ended() {
      await until(() => over, 'the end');
      return heard;
    },
    upgrade(options) {
      socket.off('data', onData);
      const secure = tlsConnect({ socket, servername: DOMAIN, ...options });
      return new Promise((resolve, reject) => {
        secure.once('error', reject);
        secure.once('secureConnect', () => resolve(talkOver(secure)));
      });
    },
  };
}

export const HEADER = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='${DOMAIN}' version='1.0'>`;
export const STARTTLS = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
export const PLAIN = `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${Buffer.from(`\0juliet\0${PASSWORD}`).toString('base64')}</auth>`;
export const BIND =
  "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>r</resource></bind></iq>";

/** Observations as short words, for comparing whole sequences. */
export function words(observations: readonly Observation[]): string[] {
  return observations.map((o) => {
    const from = 'from' in o ? `${o.from} ` : '';
    if (o.layer === 'xmpp' && o.type === 'element') return `${from}${o.name} ${o.phase}`;
    if (o.layer === 'xmpp') return `${from}${o.type} ${o.phase}`;
    if (o.layer === 'script') return `script ${o.action}`;
    return `${from}${o.type}`;
  });
}
