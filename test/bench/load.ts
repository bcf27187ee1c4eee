/** The load of `login` and `relay`: so many logins, so many of them at a time, from this process. */
import { createSecureContext } from 'node:tls';
import { cpuSeconds } from './accounting.ts';
import { type Account, logIn } from './login-client.ts';

/** A server under load. */
export interface Target {
  /** Whose CPU time counts; its descendants' counts too. */
  pid: number;
  /** Each port takes at most `PER_PORT` of the sessions. */
  ports(sessions: number): Promise<number[]>;
  /** PEM. */
  ca: string;
  account: Pick<Account, 'domain' | 'localpart' | 'password'>;
}

export interface Running extends Target {
  stop(): Promise<void>;
}

export interface Load {
  sessions: number;
  /** What the sessions that did not get to their end say. */
  failures: string[];
  /** Per session. */
  cpuMs: number;
  /** Sessions that got to their end. */
  perSecond: number;
}

/** An interceptor serves one scenario: its transcript is not made for thousands of logins. */
export const PER_PORT = 50;

export async function load(target: Target, sessions: number, atATime: number): Promise<Load> {
  const ports = await target.ports(sessions);
  const context = createSecureContext({ ca: target.ca });
  const failures: string[] = [];
  let next = 0;
  async function worker(): Promise<void> {
    while (next < sessions) {
      const port = ports[Math.floor(next / PER_PORT) % ports.length] ?? 0;
      next += 1;
      await logIn({ ...target.account, host: '127.0.0.1', port, context }).catch((error: Error) => {
        failures.push(error.message);
      });
    }
  }
  const cpu = cpuSeconds(target.pid);
  const started = performance.now();
  await Promise.all(Array.from({ length: atATime }, worker));
  const seconds = (performance.now() - started) / 1000;
  // The server has its side of the last goodbye still before it.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const cpuMs = ((cpuSeconds(target.pid) - cpu) * 1000) / sessions;
  return { sessions, failures, cpuMs, perSecond: (sessions - failures.length) / seconds };
}
