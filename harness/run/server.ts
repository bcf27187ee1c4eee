/**
 * The server under test of a run: launched once, told what to send for each attempt, reset behind it (docs/servers.md). To
 * an attempt it looks like a client that is started for it.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Authority } from '../../src/pki/authority.ts';
import { initiatingServer } from '../../src/pki/initiating-server.ts';
import { type PoshService, startPoshService } from '../../src/services/posh.ts';
import type { Happening } from '../../src/transcript.ts';
import type { Endpoint, Exit, RunningClient } from '../client/client.ts';
import { type LaunchedServer, policyOf, type Returned, type ServerClient } from '../client/server.ts';
import { settlesWithin } from '../client/within.ts';
import type { ServerPolicy } from '../result.ts';
import { BadInput } from '../scenario/problem.ts';
import { unwritable } from './ca-file.ts';
import { PARENT, type ServerNames, serverNames } from './server-names.ts';

export interface ServerUnderTest {
  /** That it serves. */
  domain: string;
  /** What it was told as `XMPP_POLICY`. */
  policyName: string;
  policy: ServerPolicy;
  version: string | null;
  names: ServerNames;
  /** The HTTPS of the domains. */
  posh: PoshService;
  /** Where it is reached by other servers, or null. */
  listener(): { host: string; port: number } | null;
  /** Has it send a stanza to the endpoint's domain. */
  start(endpoint: Endpoint, record: (happening: Happening) => void): RunningClient;
  /** The same without a stanza: others come to it. */
  attend(endpoint: Endpoint, record: (happening: Happening) => void): RunningClient;
  close(): Promise<void>;
}

export interface ServerOptions {
  client: ServerClient;
  authority: Authority;
  caFile: string;
  /** A directory of the run's own. */
  directory: string;
  /** Its state is left there. */
  keep: string | null;
  /** Of the run. */
  signal?: AbortSignal | undefined;
  note(text: string): void;
}

/** So often it is started again, where it has ended by itself. */
const RESTARTS = 3;
/** Stanzas that it is told to send within one session. */
const TRIGGERS = 8;
/**
 * Before a session that stays gets its next stanza. A server takes a moment to see that a connection is over, and would lose
 * what it is told to send over that. Milliseconds.
 */
const MOMENT = 200;
/** Between the end of a driver's output and that of its processes. Milliseconds. */
const LAST_BREATH = 500;

/** What stands beside it for the whole run. */
const SERVICES = { names: serverNames, posh: startPoshService };

/** @throws BadInput where it does not start; Error where no socket can be opened. */
export async function serverUnderTest(options: ServerOptions, services = SERVICES): Promise<ServerUnderTest> {
  const { client, authority, caFile, directory, note } = options;
  const domain = `s${randomBytes(5).toString('hex')}.${PARENT}`;
  const certFile = join(directory, 'server.crt');
  const keyFile = join(directory, 'server.key');
  const anchorFile = join(directory, 'anchor.key');
  const { chain, key } = initiatingServer(authority, domain);
  await writeFile(certFile, chain).catch(unwritable(`The certificate ${certFile}`));
  await writeFile(keyFile, key, { mode: 0o600 }).catch(unwritable(`The key ${keyFile}`));
  const policyName = client.server.policy;
  const returnedTo = new Map<number, (returned: Returned) => void>();
  let starts = 0;
  let over = false;
  const closing = new AbortController();
  const interrupted = options.signal ? AbortSignal.any([options.signal, closing.signal]) : closing.signal;

  async function launch(): Promise<LaunchedServer> {
    starts += 1;
    const stateDir = join(options.keep ?? directory, `server-${starts}`);
    await mkdir(stateDir, { recursive: true }).catch(unwritable(`The directory ${stateDir}`));
    await writeFile(anchorFile, `${names.anchor}\n`).catch(unwritable(`The trust anchor ${anchorFile}`));
    const found = { dns: names.address, anchorFile, https: posh.address };
    const environment = { domain, certFile, keyFile, caFile, stateDir, ...found, policy: policyName };
    return client.server.launch(environment, (returned) => returnedTo.get(returned.id)?.(returned), interrupted);
  }

  const names = await services.names();
  const posh = await services.posh().catch(async (error: unknown) => {
    await names.close();
    throw error;
  });
  const first = await launch().catch(async (error: unknown) => {
    await Promise.all([names.close(), posh.close()]);
    throw new BadInput(error instanceof Error ? error.message : String(error));
  });
  let current = first;
  const gone = new Set<LaunchedServer>();
  let running: Promise<LaunchedServer> = Promise.resolve(first);
  watch(first);

  /** Whoever needs it next finds it started again. */
  function watch(server: LaunchedServer): void {
    void server.ended.then(({ code, signal }) => {
      if (over) return;
      gone.add(server);
      const how = `The server ended by itself (${signal ?? `status ${code}`})`;
      // It may have left something behind.
      const cleared = server.end().catch(() => undefined);
      if (starts > RESTARTS) return note(`${how}, as before: it is not started again.`);
      note(`${how}; it is started again.`);
      running = cleared.then(launch).then((next) => {
        current = next;
        watch(next);
        return next;
      });
      running.catch(() => undefined);
    });
  }

  let ids = 0;

  function session(endpoint: Endpoint, record: (happening: Happening) => void, sends: boolean): RunningClient {
    ids += 1;
    const id = ids;
    const { host, port, tls, jid } = endpoint;
    let finish: (exit: Exit) => void = () => undefined;
    const ended = new Promise<Exit>((resolve) => {
      finish = resolve;
    });
    let told: LaunchedServer | null = null;
    let released: Promise<void> | undefined;
    let triggers = 0;
    let waiting: NodeJS.Timeout | undefined;
    if (endpoint.session === 'once') returnedTo.set(id, () => finish({ code: 1, signal: null }));
    // A server that has just failed gives back what comes in the meantime.
    else returnedTo.set(id, again);

    async function trigger(): Promise<void> {
      triggers += 1;
      const server = await running;
      // The session may have ended while the server was started again.
      if (released) return;
      if (told === null) {
        told = server;
        void server.ended.then(finish);
        record({ layer: 'process', type: 'started' });
      }
      if (!sends) return;
      const answer = await server.trigger({ id, from: `romeo@${domain}`, to: jid, endpoint: { host, port, tls } });
      if (!answer) return;
      record({ layer: 'process', type: 'claim', claim: { result: 'unsupported', reason: answer.unsupported } });
      finish({ code: 77, signal: null });
    }

    async function attempt(): Promise<void> {
      try {
        await trigger();
      } catch (error) {
        // That it has ended tells more.
        if (told && (await settlesWithin(told.ended, LAST_BREATH))) return;
        const message = error instanceof Error ? error.message : String(error);
        record({ layer: 'process', type: 'not-started', message });
        finish({ code: null, signal: null });
      }
    }

    void attempt();

    function again(): void {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        if (triggers < TRIGGERS && !released) void attempt();
      }, MOMENT).unref();
    }

    async function reset(): Promise<void> {
      returnedTo.delete(id);
      clearTimeout(waiting);
      // Of one that has ended nothing is left to reset.
      if (told === null || gone.has(told)) return finish({ code: null, signal: null });
      await told.reset({ id, domain: endpoint.domain }).catch((error: unknown) => {
        // Nobody knows what it leaves to the next: that is for whoever reads the report to judge.
        if (!over) note(`The server could not be reset: ${error instanceof Error ? error.message : String(error)}`);
      });
      finish({ code: null, signal: null });
    }

    const release = () => {
      released ??= reset();
      return released;
    };
    return {
      ended,
      terminate: release,
      release,
      stderrTail: () => current.stderrTail(),
      again,
    };
  }

  return {
    domain,
    names,
    posh,
    policyName,
    policy: policyOf(policyName, first.ready),
    version: client.version ?? first.ready.version,
    listener: () => current.ready.s2s,
    start: (endpoint, record) => session(endpoint, record, true),
    attend: (endpoint, record) => session(endpoint, record, false),
    async close() {
      over = true;
      closing.abort();
      try {
        await (await running.catch(() => current)).end();
      } catch (error) {
        note(`The server could not be ended: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        await Promise.all([names.close(), posh.close()]);
      }
    },
  };
}
