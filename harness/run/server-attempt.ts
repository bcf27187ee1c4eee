/** What an attempt has besides where a server is under test: how it finds the domain, and who comes to whom first. */
import { issue } from '../../src/pki/issue.ts';
import { callServer } from '../../src/services/call.ts';
import type { Endpoint, RunningClient } from '../client/client.ts';
import type { AttemptPlan } from './plan/attempt-plan.ts';
import { thenToSecond } from './second-domain.ts';
import type { ServerUnderTest } from './server.ts';
import type { Stage } from './stage.ts';
import { daneOf } from './tlsa-records.ts';
import type { World } from './world.ts';

/** Has DNS and HTTPS say where the domain is, and what its certificates are. `undo` gets how to take each of it back. */
export async function findable(
  { names, posh }: ServerUnderTest,
  { authority }: Pick<World, 'authority'>,
  { entity, script, transport }: AttemptPlan,
  { identity: { domain }, second, interceptor, transcript }: Stage,
  undo: (() => void)[],
): Promise<void> {
  const dane = await daneOf(entity, interceptor);
  const place = { port: interceptor.port(), transport, answering: interceptor.answering, dane };
  for (const name of second === undefined ? [domain] : [domain, second])
    undo.push(names.found(name, place, transcript.record));

  const { posh: document, credential } = entity;
  if (document === null) return;
  const presented = script.find((item) => item.do.present !== undefined)?.do.present ?? credential;
  const { sha256 } = await interceptor.credential(presented);
  const identity = await issue(authority, document === 'untrusted-https' ? 'self-signed' : 'valid', { domain });
  undo.push(posh.add({ domain, document, sha256, identity, observed: transcript.record }));
}

/** Has the server come to the domain, or Mallory to the server. */
export async function startServer(
  server: ServerUnderTest,
  { calls, entity }: AttemptPlan,
  { identity: { domain, canary }, second, interceptor, transcript, calling }: Stage,
  endpoint: Endpoint,
): Promise<RunningClient> {
  if (!calls) {
    const first = server.start(endpoint, transcript.record);
    if (second === undefined) return first;
    const there = { ...endpoint, domain: second, jid: `juliet@${second}` };
    return thenToSecond(first, { transcript, endpoint: there, start: server.start });
  }
  // A server's own: as such it is a client of TLS, too.
  const identity = await interceptor.credential('valid-eku-both');
  const client = server.attend(endpoint, transcript.record);
  const listener = server.listener();
  if (listener)
    void callServer({
      ...listener,
      connection: interceptor.nextConnection(),
      transcript,
      from: domain,
      to: server.domain,
      key: canary,
      how: entity.call,
      second: second ?? domain,
      id: canary,
      identity,
      signal: calling,
    });
  return client;
}
