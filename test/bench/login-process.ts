/** The reference client in a process of its own, which logs in where it is told to over IPC: its CPU is not the harness'. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Connect } from '../../harness/client/client.ts';
import { referenceClient } from '../reference-client/client.ts';

const SELF = fileURLToPath(import.meta.url);

export function startLoginProcess(): { client: Connect; stop(): void } {
  const child: ChildProcess = fork(SELF, ['client']);
  const waiting = new Map<number, (online: boolean) => void>();
  let last = 0;
  child.on('message', ({ id, online }: { id: number; online: boolean }) => waiting.get(id)?.(online));
  return {
    client: async (endpoint) => {
      last += 1;
      const id = last;
      const online = await new Promise<boolean>((resolve) => {
        waiting.set(id, resolve);
        child.send({ id, endpoint });
      });
      waiting.delete(id);
      return { result: online ? 'online' : 'refused' };
    },
    stop: () => void child.kill(),
  };
}

if (process.argv[2] === 'client' && process.argv[1] === SELF) {
  const login = referenceClient();
  process.on('message', ({ id, endpoint }: { id: number; endpoint: Parameters<Connect>[0] }) => {
    login(endpoint, new AbortController().signal).then(
      () => process.send?.({ id, online: true }),
      () => process.send?.({ id, online: false }),
    );
  });
  process.on('disconnect', () => process.exit());
}
