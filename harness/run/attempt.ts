/** One session of the client: an interceptor for it, the client itself, and the transcript of what happened. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'ltx';
import type { EntityFactory } from '../../src/entity/receiving-entity.ts';
import { relayed } from '../../src/entity/relayed.ts';
import { server } from '../../src/entity/server.ts';
import { type SimulatedSettings, simulated } from '../../src/entity/simulated.ts';
import { type Interceptor, startInterceptor } from '../../src/interceptor/interceptor.ts';
import { createRecording } from '../../src/interceptor/recording.ts';
import { fill } from '../../src/interceptor/variables.ts';
import type { Authority } from '../../src/pki/authority.ts';
import { issueClientCertificate } from '../../src/pki/client-certificate.ts';
import { HOSTING } from '../../src/pki/credentials/domains.ts';
import { givenCredential } from '../../src/pki/given.ts';
import { faultOf } from '../../src/pki/initiating-server.ts';
import { issue } from '../../src/pki/issue.ts';
import { callServer, isVouchedFor } from '../../src/services/call.ts';
import { createDialBack } from '../../src/services/dial-back.ts';
import { createTranscript, type Observation, type Transcript } from '../../src/transcript.ts';
import { element } from '../../src/xmpp/elements.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import type { Client, Endpoint, Exit, RunningClient } from '../client/client.ts';
import type { Confinement, Room } from '../confine/confine.ts';
import { neverFindings, type Rules } from '../judge/findings.ts';
import type { Context } from '../judge/observations.ts';
import { viewOf } from '../judge/view.ts';
import type { Via } from '../result.ts';
import { type DomainKind, domainOf } from '../scenario/domain.ts';
import type { Given, Scenario } from '../scenario/scenario.ts';
import { writeCaFile } from './ca-file.ts';
import type { Captures } from './captures.ts';
import { writeClientFiles } from './client-files.ts';
import { fulfilment } from './fulfilment.ts';
import { keepMasked } from './kept.ts';
import { openNames, PORTS } from './names.ts';
import type { ByHand } from './options.ts';
import type { AttemptPlan } from './plan/attempt-plan.ts';
import type { Relay } from './relay.ts';
import { thenToSecond } from './second-domain.ts';
import type { ServerUnderTest } from './server.ts';
import { PARENT } from './server-names.ts';
import { settled } from './settle.ts';
import { daneOf } from './tlsa-records.ts';

/** What all attempts of a run share. */
export interface World {
  client: Client;
  authority: Authority;
  caFile: string;
  /** A directory of the run's own. */
  directory: string;
  /** State directories are left there. */
  keep: string | null;
  /** Where what went over the wire is left, or null. */
  captures: Captures | null;
  /** The real server behind, or null. */
  relay: Relay | null;
  /** What is launched once and opens streams to other servers, or null for a client. */
  server: ServerUnderTest | null;
  /** Null where a program starts the client. */
  byHand: ByHand | null;
  /** Where each client is shut up, or null. */
  confinement: Confinement | null;
  rules: Rules;
  seed: string;
  /** Of the run; for `serve`, of the request that an attempt is made for. */
  readonly signal: AbortSignal | undefined;
  /** Closed when the run ends: until then no port is given back. */
  onEnd(close: () => Promise<void>): void;
}

export interface Attempt {
  observations: readonly Observation[];
  canary: string;
  domain: string;
  exit: Exit;
  stderrTail: string;
  durationMs: number;
  waitedMs: number;
}

/** For what is still on its way when the client has ended, in milliseconds. */
const LAST_WORDS = 1_000;

/** `quiet`: called when the client has been silent for a while, and again whenever it is. */
export async function attempt(world: World, plan: AttemptPlan, quiet: () => void): Promise<Attempt> {
  world.signal?.throwIfAborted();
  const started = performance.now();
  const room = (await world.confinement?.enter()) ?? null;
  try {
    return await attemptIn(room, { world, plan, started }, quiet);
  } finally {
    if (room) await world.confinement?.leave(room);
  }
}

interface Task {
  world: World;
  plan: AttemptPlan;
  /** By `performance.now()`. */
  started: number;
}

async function attemptIn(room: Room | null, { world, plan, started }: Task, quiet: () => void): Promise<Attempt> {
  const { byHand } = world;
  const fresh = world.server ? freshServer() : freshIdentity(plan.entity.domain, plan.given?.domain);
  const identity = { ...fresh, ...world.relay?.identity };
  const { domain, jid, canary } = identity;
  const second = world.server && plan.entity.secondDomain ? secondDomainOf(domain) : undefined;
  const transcript = createTranscript();
  const values = { domain, jid, canary };
  const canaries = new Map([['password', identity.password]]);
  const issued = (name: string, value: string) =>
    void canaries.set(canaries.has(name) ? `${name}-${canaries.size}` : name, value);
  const afterBind = [
    ...plan.afterBind.map((xml) => parse(fill(xml, values))),
    ...(plan.until && plan.until.answerMs !== null ? [ping(domain, identity.pingId)] : []),
  ];
  const recording = world.captures ? createRecording() : undefined;
  const own = plan.certified ? issueClientCertificate(world.authority, jid) : null;
  const account = {
    localpart: identity.localpart,
    domain,
    password: identity.password,
    ...(own && { certificate: own.sha256 }),
  };
  const dialBack = createDialBack({
    transcript,
    nextConnection: () => interceptor.nextConnection(),
    authoritative: (asked) => (asked === world.server?.domain ? world.server.listener() : null),
    // Whoever is in the middle can have the real one ask.
    identity: (by) => issue(world.authority, 'valid', { domain: by }),
  });
  let forget: (() => void) | undefined;
  let removeSite: (() => void) | undefined;
  const asServer = () =>
    server({
      ...plan.entity,
      domain,
      second,
      faultOf: (certificate, claimed) => faultOf(world.authority, certificate, claimed),
      verify: dialBack.verify,
      knowsKey: ({ key }) => key === identity.canary && isVouchedFor(plan.entity.call),
    });
  const names = plan.via === 'dns' && !world.server ? await openNames(room, plan.transport) : null;
  const interceptor = await startInterceptor({
    authority: world.authority,
    domain,
    second,
    jid,
    transport: plan.transport,
    peer: world.server?.domain,
    namespace: world.server ? 'jabber:server' : 'jabber:client',
    transcript,
    entity: world.server
      ? asServer()
      : receivingEntity(world, plan, { ...plan.entity, account, afterBind, issued }, transcript),
    credential: plan.entity.credential,
    versions: plan.entity.tls,
    clientCa: own || world.server ? world.authority.caPem : undefined,
    endpoints: plan.endpoints,
    given: plan.given ? givenCredential(plan.given.credential) : undefined,
    script: plan.script,
    canaries,
    canary,
    dialled: names && plan.dialled.length > 0 ? names.resolved : plan.dialled,
    resolved: names?.resolved ?? world.server?.names.resolved(domain, plan.entity.dane !== null),
    address: names?.address ?? byHand?.address,
    port: names?.port ?? byHand?.port(),
    seed: seedOf(world, plan),
    shake: plan.repetition > 1,
    tunnel: plan.receiving === 'tunnel',
    recording,
    listen: room ? (endpoint) => room.network.listen(endpoint === 'main' ? PORTS[plan.transport] : 0) : undefined,
  });
  try {
    names?.serve({ domain, transport: plan.transport, interceptor, transcript });
    const stateDir = await stateDirectory(world, directoryOf(plan));
    const caFile = plan.given ? await trustAlso(world, plan.given) : world.caFile;
    await room?.trust(caFile);
    const files = await writeClientFiles(world.directory, own);
    const endpoint: Endpoint = {
      // By DNS it finds both by itself.
      host: names ? '' : world.server ? '127.0.0.1' : dialledAddress(world, plan.via),
      port: names ? 0 : interceptor.port(),
      ...(names?.resolver && { resolver: names.resolver }),
      domain,
      jid,
      password: identity.password,
      caFile,
      tls: plan.transport,
      via: plan.via,
      session: plan.session,
      stateDir,
      certFile: files.certFile,
      keyFile: files.keyFile,
    };
    if (byHand) transcript.subscribe(byHand.observed);
    const place = {
      port: interceptor.port(),
      transport: plan.transport,
      answering: interceptor.answering,
      dane: await daneOf(plan.entity, interceptor),
    };
    const found = [domain, ...(second === undefined ? [] : [second])].map((name) =>
      world.server?.names.found(name, place, transcript.record),
    );
    forget = () => {
      for (const one of found) one?.();
    };
    removeSite = await serveDocument(world, plan, { domain, interceptor, transcript });
    const client = startClient(world, plan, { endpoint, second, transcript, room });
    const listener = world.server?.listener();
    if (plan.calls && world.server && listener)
      void callServer({
        ...listener,
        connection: interceptor.nextConnection(),
        transcript,
        from: domain,
        to: world.server.domain,
        key: canary,
        how: plan.entity.call,
        second: second ?? domain,
        id: canary,
        // A server's own: as such it is a client of TLS, too.
        identity: await interceptor.credential('valid-eku-both'),
      });
    if (plan.session === 'stay') interceptor.onIdle(() => client.again?.());
    const givenAway = whatIsGivenAway();
    const { ours } = await settled({
      transcript,
      interceptor,
      client,
      timeoutMs: plan.timeoutMs,
      reconnectMs: Math.max(plan.reconnectMs, (byHand?.idleMs ?? 0) / 2),
      broken: (o) => givenAway(o) && breaksRule(world.rules, plan.scenario, transcript.observations, identity),
      fulfilled: fulfilment(plan, identity.pingId, canary),
      quiet,
      signal: world.signal,
    });
    if (ours) await client.terminate();
    const exit = await client.ended;
    // What was cut short says nothing about the client.
    world.signal?.throwIfAborted();
    transcript.record({ layer: 'process', type: 'exit', ...exit, ours });
    dialBack.close();
    await interceptor.drain(LAST_WORDS);
    await client.release?.();
    transcript.record({ layer: 'run', type: 'end' });
    if (recording) {
      const about = `${plan.role} ${plan.name}, client ${world.client.label}`;
      await world.captures?.save(recording, { name: directoryOf(plan), transport: plan.transport, about });
    }
    if (world.keep !== null && world.relay)
      await keepMasked(stateDir, join(world.keep, directoryOf(plan)), world.relay.mask);
    if (world.keep === null || world.relay) await rm(stateDir, { recursive: true, force: true, maxRetries: 2 });
    if (caFile !== world.caFile) await rm(caFile, { force: true });
    await files.remove();
    return {
      observations: transcript.observations,
      canary,
      domain,
      exit,
      stderrTail: world.relay ? world.relay.mask.tail(client.stderrTail()) : client.stderrTail(),
      durationMs: Math.round(performance.now() - started),
      waitedMs: interceptor.waitedMs() + limitsOf(transcript.observations),
    };
  } finally {
    forget?.();
    removeSite?.();
    dialBack.close();
    await names?.close();
    // No straggler is left of a confined client, and the next one in its network needs the ports.
    if (room) await room.close().then(interceptor.close);
    else world.onEnd(interceptor.retire());
  }
}

interface Told {
  endpoint: Endpoint;
  second: string | undefined;
  transcript: Transcript;
  room: Room | null;
}

function startClient(
  { server: tested, client }: World,
  { calls, role }: AttemptPlan,
  { endpoint, second, transcript, room }: Told,
): RunningClient {
  if (!tested) return client.start(endpoint, transcript.record, role, room);
  if (calls) return tested.attend(endpoint, transcript.record);
  const first = tested.start(endpoint, transcript.record);
  if (second === undefined) return first;
  const there = { ...endpoint, domain: second, jid: `juliet@${second}` };
  return thenToSecond(first, { transcript, endpoint: there, start: tested.start });
}

/** What a client is told to connect to. */
export function dialledAddress({ byHand }: Pick<World, 'byHand'>, via: Via): string {
  if (via === 'dns') return HOSTING;
  return via === 'host' ? 'localhost' : (byHand?.address ?? '127.0.0.1');
}

function seedOf({ seed }: World, { name, repetition }: AttemptPlan): string {
  return repetition > 1 ? `${seed}/${name}/${repetition}` : `${seed}/${name}`;
}

/** What the domain says of its certificates over HTTPS, where the scenario has it say anything. */
async function serveDocument(
  { authority, server }: World,
  { entity: { posh: document, credential }, script }: AttemptPlan,
  about: { domain: string; interceptor: Interceptor; transcript: Transcript },
): Promise<(() => void) | undefined> {
  if (!server || document === null) return undefined;
  const { domain, interceptor, transcript } = about;
  const presented = script.find((item) => item.do.present !== undefined)?.do.present ?? credential;
  const { sha256 } = await interceptor.credential(presented);
  const identity = await issue(authority, document === 'untrusted-https' ? 'self-signed' : 'valid', { domain });
  return server.posh.add({ domain, document, sha256, identity, observed: transcript.record });
}

function receivingEntity(
  { relay }: World,
  { receiving }: AttemptPlan,
  settings: SimulatedSettings,
  { record }: Transcript,
): EntityFactory {
  if (!relay || receiving === 'simulated') return simulated(settings);
  return relayed({ ...settings, upstream: relay.server, record });
}

/** The domain that a server is told to reach. */
function freshServer() {
  const identity = freshIdentity('ordinary', `x${randomBytes(5).toString('hex')}.${PARENT}`);
  return { ...identity, localpart: 'juliet', jid: `juliet@${identity.domain}` };
}

/** Of somebody else, as fresh. */
const secondDomainOf = (domain: string) => `y${domain.slice(1)}`;

function freshIdentity(kind: DomainKind, given?: string) {
  const id = randomBytes(5).toString('hex');
  const localpart = `user-${id.slice(0, 4)}`;
  const domain = given ?? domainOf(kind, id);
  return {
    localpart,
    domain,
    jid: `${localpart}@${domain}`,
    password: `canary-${randomBytes(9).toString('hex')}`,
    canary: `canary-${randomBytes(6).toString('hex')}`,
    pingId: `ping-${randomBytes(6).toString('hex')}`,
  };
}

/** Mallory's own CA stays trusted, so that a scenario and its control differ in the credential only. */
async function trustAlso({ authority, directory }: World, { trusted }: Given): Promise<string> {
  const file = join(directory, `ca-${randomBytes(8).toString('hex')}.pem`);
  await writeCaFile(file, [...trusted, authority.caPem]);
  return file;
}

function ping(domain: string, id: string) {
  return element('iq', undefined, { type: 'get', id, from: domain }, element('ping', NS.ping));
}

async function stateDirectory(world: World, name: string): Promise<string> {
  // The password of a real account never gets into a folder that stays.
  if (world.keep === null || world.relay) return mkdtemp(join(world.directory, 'state-'));
  const directory = join(world.keep, name);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  return directory;
}

function directoryOf({ name, repetition }: AttemptPlan): string {
  return `${name.replaceAll(/[^\w.,-]+/g, '_')}${repetition > 1 ? `.${repetition}` : ''}`;
}

/** Cheap, for it is asked of every observation: what goes to an honest peer inside TLS breaks no rule that is never right. */
function whatIsGivenAway(): (o: Observation) => boolean {
  const honest = new Set<number>();
  return (o) => {
    if (o.layer === 'tls' && o.type === 'handshake' && o.peer === 'honest') honest.add(o.connection);
    if ('secrets' in o) return true;
    if (!('credential' in o) || o.layer === 'tls') return false;
    return o.phase === 'clear' || !honest.has(o.connection);
  };
}

function breaksRule(rules: Rules, scenario: Scenario, observations: readonly Observation[], about: Context): boolean {
  return neverFindings(viewOf(observations), scenario, about, rules).some(({ level }) => level === 'must');
}

function limitsOf(observations: readonly Observation[]): number {
  return observations.reduce((sum, o) => sum + (o.layer === 'run' && o.type === 'limit' ? o.afterMs : 0), 0);
}
