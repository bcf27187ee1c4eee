/** Where Mallory waits for a program that a person starts, and who can reach it there. */
import { once } from 'node:events';
import { createServer, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { BadInput } from '../scenario/problem.ts';

export interface Listen {
  address: string;
  /** Of the first step; each further one takes the next. Null: any that is free. */
  port: number | null;
  /** As it was given; null: it was not. */
  text: string | null;
}

export const LOOPBACK: Listen = { address: '127.0.0.1', port: null, text: null };

/**
 * `ADDR`, `ADDR:PORT` or `[ADDR]:PORT`.
 *
 * @throws BadInput unless it is one address that a program can be sent to, as 0.0.0.0 is not.
 */
export function parseListen(text: string): Listen {
  const [, bracketed, bare, digits] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = isIP(text) ? text : (bracketed ?? bare ?? '');
  const port = digits === undefined || isIP(text) ? null : Number(digits);
  if (!isIP(address) || port === 0 || (port ?? 1) > MOST)
    throw new BadInput(`--listen ${text} is no address: it takes 192.0.2.1, 192.0.2.1:5222 or [2001:db8::1]:5222.`);
  if (/^(0\.0\.0\.0|::|::0)$/.test(address))
    throw new BadInput(`--listen ${address} is every address, and a program has to be sent to one. ${ownAddresses()}`);
  return { address, port, text };
}

/** Each step has a port of its own, and there are a few of them. */
const MOST = 65_500;

/** @throws BadInput where nobody can listen. */
export async function checkListen({ address, port }: Listen): Promise<void> {
  const server = createServer();
  server.listen(port ?? 0, address);
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EADDRNOTAVAIL') throw new BadInput(`${address} is no address of this machine. ${ownAddresses()}`);
    const why = code === 'EADDRINUSE' ? 'another program has it' : error instanceof Error ? error.message : error;
    throw new BadInput(`Nobody can listen on port ${port} of ${address}: ${why}. Name another with --listen.`);
  }
  await new Promise((resolve) => server.close(resolve));
}

/** Null for loopback, which nobody else reaches. */
export function exposure({ address }: Listen): string | null {
  if (/^(127\.|::1$)/.test(address)) return null;
  return `Warning: whoever can reach ${address} can connect to Mallory while this runs. Use a network that you trust, and a program without other accounts.`;
}

/** The first port that was asked for, then the next ones; 0, which is any, where none was. */
export function ports({ port }: Listen): () => number {
  let next = port;
  return () => (next === null ? 0 : next++);
}

function ownAddresses(): string {
  const own = Object.values(networkInterfaces())
    .flatMap((one) => one ?? [])
    .map(({ address }) => address)
    .filter((address) => !address.startsWith('fe80:'));
  return `This machine has: ${own.join(', ')}.`;
}
