/** `serve`: judges clients that a test suite in any language starts itself, over JSON lines (design, section 9). */
import type { Readable, Writable } from 'node:stream';
import { detailsOf } from '../report/details.ts';
import { alone } from '../run/alone.ts';
import type { RunOptions } from '../run/options.ts';
import { openSession, type Session } from '../run/session.ts';
import type { Catalogue } from '../scenario/catalogue.ts';
import { BadInput } from '../scenario/problem.ts';
import { noMatch, selectScenarios } from '../scenario/select.ts';
import { VERSION } from '../version.ts';
import { lineReader } from './lines.ts';
import { type Answer, BadRequest, type Request, type RequestId, readRequest } from './protocol.ts';
import { type RemoteClient, remoteClient } from './remote-client.ts';

export interface ServeOptions extends Pick<RunOptions, 'policy' | 'timeoutMs' | 'seed' | 'jobs' | 'transcripts'> {
  catalogue: Catalogue;
  /** What reports call the client. */
  label: string;
  /** Told what is worth knowing, and belongs to no request. */
  note(text: string): void;
  /** Ends everything. */
  signal?: AbortSignal | undefined;
}

/** UTF-16 units of a line. */
const LONGEST_LINE = 65_536;
/** Requests under way at a time. */
const MOST_REQUESTS = 1_000;
const MOST_PAST = 10_000;
const MOST_CLIENTS = 100;
/** The other side decides how many clients it starts at a time. */
const DEFAULT_JOBS = 64;

interface Server {
  options: ServeOptions;
  client: RemoteClient;
  /** Its own for each client: a control of one says nothing of another. */
  sessions: Sessions;
  send(answer: Answer): void;
  /** Under way: each with what cancels it, and settled when it was answered. */
  requests: Map<RequestId, { controller: AbortController; answered: Promise<void> }>;
  /** What a late word may still be about. */
  past: Set<RequestId>;
}

/**
 * Answers until the input ends, which ends everything. Never rejects because of what is asked or of what a client does.
 *
 * @throws BadInput where no file can be written.
 */
export async function serve(input: Readable, output: Writable, options: ServeOptions): Promise<void> {
  const send = (answer: Answer) => {
    // Whoever does not read its answers is not read either.
    if (!output.write(`${JSON.stringify(answer)}\n`)) holdBack(input, output);
  };
  const client = remoteClient(options.label, send);
  const sessions = openSessions(client, options);
  // What cannot be opened is known at once.
  await sessions.of(options.label);
  const server: Server = { options, client, sessions, send, requests: new Map(), past: new Set() };
  try {
    send({ serve: 'xmpp-mallory/1', version: VERSION });
    await answerLines(input, server);
  } finally {
    for (const { controller } of server.requests.values()) controller.abort();
    await Promise.all([...server.requests.values()].map(({ answered }) => answered));
    await sessions.close();
  }
}

interface Sessions {
  takes(label: string): boolean;
  /** Opened when it is first asked for. */
  of(label: string): Promise<Session>;
  close(): Promise<void>;
}

function openSessions(client: RemoteClient, { label: _, jobs = DEFAULT_JOBS, ...options }: ServeOptions): Sessions {
  const open = new Map<string, Promise<Session>>();
  return {
    takes: (label) => open.has(label) || open.size < MOST_CLIENTS,
    of(label) {
      const found = open.get(label);
      if (found) return found;
      const session = openSession({
        ...options,
        client: { ...client, label, command: [label] },
        jobs,
        started: () => undefined,
        get signal() {
          return client.current()?.signal;
        },
      });
      open.set(label, session);
      // Whoever asks next may find more room.
      session.catch(() => open.delete(label));
      return session;
    },
    async close() {
      const opened = await Promise.allSettled(open.values());
      await Promise.all(opened.map((one) => one.status === 'fulfilled' && one.value.close()));
    },
  };
}

/** Settles when the input has ended. */
function answerLines(input: Readable, server: Server): Promise<void> {
  const fail = (id: RequestId | null, message: string) => server.send({ id, error: { message } });
  const line = (text: string) => {
    try {
      answer(readRequest(text), server);
    } catch (error) {
      if (error instanceof BadRequest) fail(error.id, error.message);
      else throw error;
    }
  };
  const lines = lineReader(LONGEST_LINE, line, () => fail(null, `A line has more than ${LONGEST_LINE} characters.`));
  return new Promise((resolve) => {
    const end = () => {
      input.destroy();
      resolve();
    };
    input.on('data', lines.write);
    input.once('end', lines.end).once('end', end);
    input.once('error', end);
    server.options.signal?.addEventListener('abort', end, { once: true });
    if (server.options.signal?.aborted) end();
  });
}

/** @throws BadRequest */
function answer(request: Request, server: Server): void {
  const { id } = request;
  const { requests, past, client, send } = server;
  const known = requests.has(id) || past.has(id);
  if (!known && (request.type === 'done' || request.type === 'cancel'))
    throw new BadRequest(id, `There is no request ${id}.`);
  switch (request.type) {
    case 'list':
      return send({ id, scenarios: listed(request, server) });
    case 'start':
      return start(request, server);
    case 'done':
      // A late one, after its result or its error, is no mistake of anybody's.
      client.done(id, request.claim);
      return;
    case 'cancel':
      requests.get(id)?.controller.abort();
      return;
  }
}

function listed({ id, patterns }: Request & { type: 'list' }, { options: { catalogue } }: Server) {
  const found = orBadRequest(id, () => selectScenarios(catalogue, patterns, { namespace: 'jabber:client' }));
  return [...new Set(found.map(({ scenario }) => scenario))].map(
    ({ id, title, importance, transports, session, needs }) => ({ id, title, importance, transports, session, needs }),
  );
}

function start(request: Request & { type: 'start' }, server: Server): void {
  const { id, transport, via } = request;
  const { requests, client, send } = server;
  if (requests.has(id)) throw new BadRequest(id, `Request ${id} is still under way: take another id.`);
  if (requests.size >= MOST_REQUESTS)
    throw new BadRequest(id, `There are ${MOST_REQUESTS} requests under way: wait for some of their results.`);
  const selected = selectedBy(request, server.options.catalogue);
  const label = request.client ?? server.options.label;
  if (!server.sessions.takes(label)) throw new BadRequest(id, `There are ${MOST_CLIENTS} clients already.`);
  const controller = new AbortController();
  const { signal } = controller;
  const answered = client
    .within({ id, signal }, async () => {
      const session = await server.sessions.of(label);
      const { result, way } = await session.judge({ scenario: selected, transport, vias: [via] });
      const broken = way !== null && way.base.findings.length > 0;
      return alone(result, broken ? await session.judgeControl({ ...selected, session: 'once' }, way) : null);
    })
    .then((result) => {
      if (signal.aborted) return send({ id, error: { message: 'cancelled' } });
      const text = detailsOf(result, server.options.catalogue).join('\n');
      if (result.verdict === 'pass' && server.options.transcripts !== 'all') delete result.transcript;
      send({ id, result, text });
    })
    // No room for its files: a sentence, as at the beginning.
    .catch((error) => send({ id, error: { message: error instanceof Error ? error.message : String(error) } }))
    .finally(() => {
      requests.delete(id);
      remember(id, server.past);
    });
  requests.set(id, { controller, answered });
}

function remember(id: RequestId, past: Set<RequestId>): void {
  past.add(id);
  const [oldest] = past;
  if (past.size > MOST_PAST && oldest !== undefined) past.delete(oldest);
}

function selectedBy({ id, scenario, transport }: Request & { type: 'start' }, catalogue: Catalogue) {
  const found = catalogue.scenarios.find((one) => one.id === scenario);
  if (!found) throw new BadRequest(id, noMatch(scenario, catalogue));
  if (!found.namespaces.includes('jabber:client')) throw new BadRequest(id, `${scenario} is for servers only.`);
  if (found.transports.includes(transport)) return found;
  throw new BadRequest(id, `${scenario} is for ${found.transports.join(' and ')} only.`);
}

function orBadRequest<T>(id: RequestId, task: () => T): T {
  try {
    return task();
  } catch (error) {
    if (error instanceof BadInput) throw new BadRequest(id, error.sentences.join(' '));
    throw error;
  }
}

function holdBack(input: Readable, output: Writable): void {
  if (input.isPaused()) return;
  input.pause();
  output.once('drain', () => input.resume());
}
