/** A driver of a server without a harness: what it says, and what is left of it. */
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAuthority } from '../../../src/pki/authority.ts';
import { initiatingServer } from '../../../src/pki/initiating-server.ts';
import { createSigner } from '../../../src/services/dns/signer.ts';

interface Launch {
  command: string[];
  directory: string;
  domain: string;
  dns: string;
}

/** For each thing that it is to say, and for the end of what it has started. Milliseconds. */
const LIMIT = 20_000;

export async function launched({ command: [program = '', ...words], directory, domain, dns }: Launch) {
  const authority = await createAuthority();
  const { chain, key } = initiatingServer(authority, domain);
  const put = async (name: string, text: string) => {
    await writeFile(join(directory, name), text);
    return join(directory, name);
  };
  const { key: anchor } = createSigner(domain);
  const state = join(directory, 'state');
  await mkdir(state);
  const env = {
    ...process.env,
    ...{ XMPP_DOMAIN: domain, XMPP_DNS: dns, XMPP_POLICY: 'stock', XMPP_STATE_DIR: state, HOME: state },
    XMPP_CA_FILE: await put('ca.pem', authority.caPem),
    XMPP_CERT_FILE: await put('server.crt', chain),
    XMPP_KEY_FILE: await put('server.key', key),
    XMPP_ANCHOR_FILE: await put('anchor.key', `${anchor.name}. IN DNSKEY ${anchor.data}\n`),
  };
  const child = spawn(program, words, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const exit = new Promise<object>((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
  const group = -(child.pid ?? 0);
  const lives = () => {
    try {
      return process.kill(group, 0);
    } catch {
      return false;
    }
  };
  return {
    exit,
    /** null: the end of its input. */
    tell: (word: object | null) => void (word ? child.stdin.write(`${JSON.stringify(word)}\n`) : child.stdin.end()),
    async said(text: string): Promise<void> {
      const until = Date.now() + LIMIT;
      while (!output.includes(text)) {
        if (Date.now() > until || child.exitCode !== null) throw new Error(`It did not say ${text}:\n${output}`);
        await sleep(10);
      }
    },
    async isGone(): Promise<boolean> {
      for (const until = Date.now() + LIMIT; lives() && Date.now() < until; ) await sleep(10);
      return !lives();
    },
    kill: () => void (lives() && process.kill(group, 'SIGKILL')),
  };
}
