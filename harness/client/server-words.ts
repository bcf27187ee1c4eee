/** What a driver of a server says, line by line. Whatever is none of it is ignored: programs print what they like. */
import { isIP } from 'node:net';
import type { ServerPolicy } from '../result.ts';
import type { Ready } from './server.ts';

export type Answer =
  | { type: 'done'; key: string }
  | { type: 'unsupported'; key: string; reason: string }
  | { type: 'error'; key: string; message: string }
  | { type: 'returned'; id: number; condition: string };

/** Characters of a text that are kept. */
const KEPT = 500;

export function readyOf(line: string): Ready | null {
  const said = objectIn(line);
  if (said?.ready !== true) return null;
  return { s2s: addressIn(said.s2s), version: textIn(said.version), policy: policyIn(said.policy) };
}

/** An error may be the answer to either word. */
export function answersOf(line: string): Answer[] {
  const said = objectIn(line);
  if (!said) return [];
  if (isId(said.sent)) return [{ type: 'done', key: `sent ${said.sent}` }];
  if (isId(said.reset)) return [{ type: 'done', key: `reset ${said.reset}` }];
  const about = (what: unknown): (Said & { id: number }) | null =>
    isObject(what) && isId(what.id) ? { ...what, id: what.id } : null;
  const returned = about(said.returned);
  if (returned) return [{ type: 'returned', id: returned.id, condition: textIn(returned.condition) ?? '' }];
  const unsupported = about(said.unsupported);
  if (unsupported)
    return [{ type: 'unsupported', key: `sent ${unsupported.id}`, reason: textIn(unsupported.reason) ?? 'no reason' }];
  const error = about(said.error);
  if (!error) return [];
  const message = textIn(error.message) ?? 'The driver gives no reason.';
  return ['sent', 'reset'].map((word) => ({ type: 'error', key: `${word} ${error.id}`, message }));
}

type Said = Record<string, unknown>;

const isObject = (value: unknown): value is Said =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isId = (value: unknown): value is number => Number.isSafeInteger(value);
const textIn = (value: unknown) => (typeof value === 'string' ? value.slice(0, KEPT) : null);

function objectIn(line: string): Said | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Of this machine: a driver's slip must not lead a dial-back out of it. */
function addressIn(value: unknown): Ready['s2s'] {
  if (!isObject(value) || typeof value.host !== 'string' || !isId(value.port)) return null;
  const { host, port } = value;
  const local = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
  return local && port > 0 && port < 65_536 ? { host, port } : null;
}

function policyIn(value: unknown): ServerPolicy | null {
  if (!isObject(value)) return null;
  const { encryption, authentication, dialback } = value;
  const known = (word: unknown) => word === 'required' || word === 'optional';
  if (!known(encryption) || !known(authentication) || typeof dialback !== 'boolean') return null;
  return { encryption, authentication, dialback } as ServerPolicy;
}
