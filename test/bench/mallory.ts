/** The harness as a target of load: `server.mjs`. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { PER_PORT, type Target } from './load.ts';

export interface Running extends Target {
  stop(): Promise<void>;
}

export const ACCOUNT = { domain: 'bench.xmpp.test', localpart: 'juliet', password: 'not-a-very-long-one' };

export async function startMallory(): Promise<Running> {
  const settings = { account: ACCOUNT, perPort: PER_PORT };
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

async function answer(child: ChildProcess): Promise<Record<string, unknown>> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`server.mjs ended with ${code}`);
  });
  const [message] = await Promise.race([once(child, 'message'), ended]);
  return message;
}
