/** The words of `serve` (design, section 9): JSON objects, one a line, in both directions. */
import type { Claim, Transport } from '../../src/transcript.ts';
import { claimFrom } from '../client/claims.ts';
import type { Endpoint } from '../client/client.ts';
import type { Result, Via } from '../result.ts';

/** As the other side numbers its requests. */
export type RequestId = number | string;

export type Request =
  | { id: RequestId; type: 'list'; patterns: string[] }
  /** `client`: whose controls count; null: there is only one. */
  | {
      id: RequestId;
      type: 'start';
      scenario: string;
      transport: Transport;
      via: Exclude<Via, 'dns'>;
      client: string | null;
    }
  /** The client of this request's attempt has ended; null: it has nothing to say of itself. */
  | { id: RequestId; type: 'done'; claim: Claim | null }
  | { id: RequestId; type: 'cancel' };

/** The scenario has ended (design, section 4), or the request was cancelled. */
export type StopReason = 'limit' | 'cancelled';

export type Answer =
  | { serve: 'xmpp-mallory/1'; version: string }
  | { id: RequestId; scenarios: ListedScenario[] }
  /** `environment`: the same for a client that is a process; null takes a variable away. */
  | {
      id: RequestId;
      attempt: number;
      role: 'control' | 'attack';
      endpoint: Endpoint;
      environment: Record<string, string | null>;
    }
  | { id: RequestId; attempt: number; stop: StopReason }
  /** `text`: the result for people, in lines. */
  | { id: RequestId; result: Result; text: string }
  /** `id` is null where the line does not say whose it is. */
  | { id: RequestId | null; error: { message: string } };

export interface ListedScenario {
  id: string;
  title: string;
  importance: Result['importance'];
  transports: Transport[];
  session: 'once' | 'stay';
  needs: string[];
}

/** What is wrong with a line, in a sentence. */
export class BadRequest extends Error {
  readonly id: RequestId | null;

  constructor(id: RequestId | null, message: string) {
    super(message);
    this.id = id;
  }
}

const LONGEST_NAME = 500;
const VERBS = ['list', 'start', 'done', 'cancel'] as const;

/** @throws BadRequest */
export function readRequest(line: string): Request {
  const value = parse(line);
  if (!isObject(value)) throw new BadRequest(null, 'A request is one JSON object on one line.');
  const id = value.id;
  if (!isId(id)) throw new BadRequest(null, 'A request has an "id": a whole number, or a text of 1 to 100 characters.');
  const verbs = VERBS.filter((verb) => value[verb] !== undefined);
  const [verb] = verbs;
  if (verb === undefined || verbs.length > 1)
    throw new BadRequest(id, 'A request has one of "list", "start", "done" and "cancel".');
  switch (verb) {
    case 'list':
      return { id, type: 'list', patterns: patternsIn(id, value.list) };
    case 'start':
      return { id, type: 'start', ...startIn(id, value) };
    case 'done':
      if (!isObject(value.done)) throw new BadRequest(id, '"done" is an object: {} or {"result":"online"}.');
      return { id, type: 'done', claim: claimFrom(value.done) };
    case 'cancel':
      if (value.cancel !== true) throw new BadRequest(id, '"cancel" is true.');
      return { id, type: 'cancel' };
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new BadRequest(null, `This line is no JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function patternsIn(id: RequestId, list: unknown): string[] {
  const patterns = isObject(list) ? (list.patterns ?? []) : null;
  if (Array.isArray(patterns) && patterns.every((pattern) => typeof pattern === 'string')) return patterns;
  throw new BadRequest(id, '"list" is an object: {} or {"patterns":["stripping/*"]}.');
}

function startIn(id: RequestId, { start, tls = 'starttls', via = 'ip', client = null }: Record<string, unknown>) {
  if (typeof start !== 'string') throw new BadRequest(id, '"start" is the id of a scenario.');
  if (tls !== 'starttls' && tls !== 'direct') throw new BadRequest(id, '"tls" is "starttls" or "direct".');
  if (via !== 'ip' && via !== 'host') throw new BadRequest(id, '"via" is "ip" or "host".');
  if (client !== null && (typeof client !== 'string' || client === '' || client.length > LONGEST_NAME))
    throw new BadRequest(id, `"client" is a text of 1 to ${LONGEST_NAME} characters.`);
  return { scenario: start, transport: tls, via, client } as const;
}

const isId = (id: unknown): id is RequestId =>
  Number.isSafeInteger(id) || (typeof id === 'string' && id.length > 0 && id.length <= 100);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
