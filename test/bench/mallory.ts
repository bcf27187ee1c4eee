/** The harness as a target of load: `server.mjs`. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { PER_PORT, type Running } from './load.ts';

export const ACCOUNT = { domain: 'bench.xmpp.test', localpart: 'juliet', password: 'not-a-very-long-one' };

/** `port`: of the real server to relay to; without one the receiving entity is simulated. */
export async function startMallory(server?: { port: number; ca: string }): Promise<Running> {
  const upstream = server && { host: '127.0.0.1', transport: 'starttls', ...server };
  const settings = { account: ACCOUNT, perPort: PER_PORT, upstream };
  const script = fileURLToPath(new URL('server.mjs', import.meta.url));
  // Without this process' own loader of TypeScript.
  const child = fork(script, [JSON.stringify(settings)], { execArgv: [] });
  const { ca } = await answer(child);
  return {
    pid: child.pid ?? 0,
    ca: String(ca),
    account: ACCOUNT,
    async ports(sessions) {
      child.send({ sessions });
      return (await answer(child)).ports as number[];
    },
    async stop() {
      const exit = once(child, 'exit');
      child.disconnect();
      await exit;
    },
  };
}

function answer(child: ChildProcess): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`server.mjs ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as Record<string, unknown>);
    });
  });
}
