/** What a client meets in one attempt: the interceptor, the entity behind it, DNS, and the transcript of it all. */
import { parse } from 'ltx';
import type { EntityFactory } from '../../src/entity/receiving-entity.ts';
import { relayed } from '../../src/entity/relayed.ts';
import { server } from '../../src/entity/server.ts';
import { simulated } from '../../src/entity/simulated.ts';
import { type Interceptor, startInterceptor } from '../../src/interceptor/interceptor.ts';
import { createRecording, type Recording } from '../../src/interceptor/recording.ts';
import { fill } from '../../src/interceptor/variables.ts';
import { issueClientCertificate } from '../../src/pki/client-certificate.ts';
import type { Issued } from '../../src/pki/credentials/row.ts';
import { givenCredential } from '../../src/pki/given.ts';
import { faultOf } from '../../src/pki/initiating-server.ts';
import { issue } from '../../src/pki/issue.ts';
import { isVouchedFor } from '../../src/services/call.ts';
import { createDialBack, type DialBack } from '../../src/services/dial-back.ts';
import { createTranscript, type Transcript } from '../../src/transcript.ts';
import { element } from '../../src/xmpp/elements.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import type { Room } from '../confine/confine.ts';
import { freshIdentity, freshServer, type Identity, secondDomainOf } from './identity.ts';
import { atUsualPorts, type Names, openNames, PORTS } from './names.ts';
import type { AttemptPlan } from './plan/attempt-plan.ts';
import type { World } from './world.ts';

export interface Stage {
  identity: Identity;
  /** A further domain at the same host and port, where a server is to reach two. */
  second: string | undefined;
  /** The client's certificate, where it is to log in with one. */
  own: Issued | null;
  transcript: Transcript;
  interceptor: Interceptor;
  /** Where the client finds what it is not told. */
  names: Names | null;
  /** Aborted when nobody waits any more for what comes on streams that Mallory has opened. */
  calling: AbortSignal;
  recording: Recording | undefined;
  /** Ends the streams that Mallory has opened. */
  hangUpOwn(): void;
  /** Serves nobody any more. Outside a room the ports stay taken until the run ends. */
  strike(): Promise<void>;
}

/** @throws Error where nobody can listen. */
export async function setStage(world: World, plan: AttemptPlan, room: Room | null): Promise<Stage> {
  const identity = identityFor(world, plan);
  const second = world.server && plan.entity.secondDomain ? secondDomainOf(identity.domain) : undefined;
  const transcript = createTranscript();
  const recording = world.captures ? createRecording() : undefined;
  const own = plan.certified ? issueClientCertificate(world.authority, identity.jid) : null;
  const canaries = new Map([['password', identity.password]]);
  const issued = (name: string, value: string) =>
    void canaries.set(canaries.has(name) ? `${name}-${canaries.size}` : name, value);
  const dialBack = createDialBack({
    transcript,
    nextConnection: () => interceptor.nextConnection(),
    authoritative: (asked) => (asked === world.server?.domain ? world.server.listener() : null),
    // Whoever is in the middle can have the real one ask.
    identity: (by) => issue(world.authority, 'valid', { domain: by }),
  });
  const calling = new AbortController();
  const hangUpOwn = () => {
    dialBack.close();
    calling.abort();
  };
  const entity = world.server
    ? entityForServers(world, plan, { identity, second, dialBack })
    : entityForClients(world, plan, identity, { own, issued, transcript });
  const names = plan.via === 'dns' && !world.server ? await openNames(room) : null;
  const props = { identity, second, own, transcript, recording, canaries, entity, names };
  const interceptor = await listen(world, plan, room, props).catch(async (error: unknown) => {
    // The next one in this network needs its ports.
    await names?.close();
    throw error;
  });
  names?.serve({ domain: identity.domain, transport: plan.transport, interceptor, transcript });

  return {
    identity,
    second,
    own,
    transcript,
    interceptor,
    names,
    calling: calling.signal,
    recording,
    hangUpOwn,
    async strike() {
      hangUpOwn();
      await names?.close();
      // No straggler is left of a confined client, and the next one in its network needs the ports.
      if (room) await room.close().then(interceptor.close);
      else world.onEnd(interceptor.retire());
    },
  };
}

function identityFor({ server: underTest, relay }: World, { entity, given }: AttemptPlan): Identity {
  return { ...(underTest ? freshServer() : freshIdentity(entity.domain, given?.domain)), ...relay?.identity };
}

type Props = Pick<Stage, 'identity' | 'second' | 'own' | 'transcript' | 'recording' | 'names'> & {
  entity: EntityFactory;
  canaries: Map<string, string>;
};

function listen(world: World, plan: AttemptPlan, room: Room | null, props: Props): Promise<Interceptor> {
  const { identity, own, names } = props;
  const { byHand, authority } = world;
  const endpoints = names ? atUsualPorts(plan.endpoints, plan.transport, names.ports) : plan.endpoints;
  return startInterceptor({
    authority,
    domain: identity.domain,
    second: props.second,
    jid: identity.jid,
    transport: plan.transport,
    peer: world.server?.domain,
    namespace: world.server ? 'jabber:server' : 'jabber:client',
    transcript: props.transcript,
    entity: props.entity,
    credential: plan.entity.credential,
    versions: plan.entity.tls,
    clientCa: own || world.server ? authority.caPem : undefined,
    endpoints,
    given: plan.given ? givenCredential(plan.given.credential) : undefined,
    script: plan.script,
    canaries: props.canaries,
    canary: identity.canary,
    dialled: names && plan.dialled.length > 0 ? names.resolved : plan.dialled,
    resolved: names?.resolved ?? world.server?.names.resolved(identity.domain, plan.entity.dane !== null),
    address: names?.address ?? byHand?.address,
    port: names?.ports[plan.transport] ?? byHand?.port(),
    seed: seedOf(world, plan),
    shake: plan.repetition > 1,
    tunnel: plan.receiving === 'tunnel',
    recording: props.recording,
    listen: room
      ? (endpoint) =>
          room.network.listen(endpoint === 'main' ? PORTS[plan.transport] : (endpoints[endpoint]?.port ?? 0))
      : undefined,
  });
}

function seedOf({ seed }: World, { name, repetition }: AttemptPlan): string {
  return repetition > 1 ? `${seed}/${name}/${repetition}` : `${seed}/${name}`;
}

function entityForServers(
  { authority }: World,
  plan: AttemptPlan,
  { identity, second, dialBack }: Pick<Stage, 'identity' | 'second'> & { dialBack: DialBack },
): EntityFactory {
  return server({
    ...plan.entity,
    domain: identity.domain,
    second,
    faultOf: (certificate, claimed) => faultOf(authority, certificate, claimed),
    verify: dialBack.verify,
    knowsKey: ({ key }) => key === identity.canary && isVouchedFor(plan.entity.call),
  });
}

interface Given {
  own: Issued | null;
  issued(name: string, value: string): void;
  transcript: Transcript;
}

function entityForClients({ relay }: World, plan: AttemptPlan, identity: Identity, given: Given): EntityFactory {
  const { localpart, domain, jid, password, canary, pingId } = identity;
  const { own, issued, transcript } = given;
  const afterBind = [
    ...plan.afterBind.map((xml) => parse(fill(xml, { domain, jid, canary }))),
    ...(plan.until && plan.until.answerMs !== null ? [ping(domain, pingId)] : []),
  ];
  const account = { localpart, domain, password, ...(own && { certificate: own.sha256 }) };
  const settings = { ...plan.entity, account, afterBind, issued };
  if (!relay || plan.receiving === 'simulated') return simulated(settings);
  return relayed({ ...settings, upstream: relay.server, record: transcript.record });
}

function ping(domain: string, id: string) {
  return element('iq', undefined, { type: 'get', id, from: domain }, element('ping', NS.ping));
}
