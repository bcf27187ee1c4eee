/** Values of options, read strictly: what is wrong is said at once, with what would have been right. */
import { InvalidArgumentError } from 'commander';
import type { Via } from '../result.ts';

export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

/** `I/N`, as in 2/3. */
export function parseShard(text: string): { n: number; of: number } {
  const [, n, of] = (/^(\d{1,3})\/(\d{1,3})$/.exec(text) ?? []).map(Number);
  if (n === undefined || of === undefined || n < 1 || n > of)
    throw new InvalidArgumentError('It must be one of several parts, such as 1/3, 2/3 or 3/3.');
  return { n, of };
}

/** Clients at a time. */
export type Jobs = number | 'auto';

export function parseJobs(text: string): Jobs {
  if (text === 'auto') return text;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1, or auto.');
}

/** @returns milliseconds. */
export function parseSeconds(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds > 0 && seconds <= 3600)) throw new InvalidArgumentError('It must be a number of seconds, such as 10.');
  return Math.round(seconds * 1000);
}

export function parseVia(text: string): Via {
  if (text === 'ip' || text === 'host' || text === 'dns') return text;
  throw new InvalidArgumentError('Allowed choices are ip, host and dns; without it the first two are tried.');
}

/** Where there is no name service. */
export function parseAddressVia(text: string): 'ip' | 'host' {
  if (text === 'ip' || text === 'host') return text;
  const elsewhere = text === 'dns' ? 'Only run knows --via dns. ' : '';
  throw new InvalidArgumentError(`${elsewhere}Allowed choices are ip, host; without it both are tried.`);
}

export interface HostPort {
  host: string;
  port: number;
}

/** `HOST:PORT`, an IPv6 address in brackets. */
export function parseHostPort(text: string): HostPort {
  const [, bracketed, bare, digits] = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (!(port >= 1 && port <= 65_535))
    throw new InvalidArgumentError('It must be HOST:PORT, such as 192.0.2.1:5222 or [2001:db8::1]:5222.');
  return { host: bracketed ?? bare ?? '', port };
}

export function parseBareJid(text: string): string {
  if (!/^[^@/\s]+@[^@/\s]+$/.test(text))
    throw new InvalidArgumentError('It must be a bare JID, such as alice@example.test.');
  return text;
}

/** A repeatable option. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value];
