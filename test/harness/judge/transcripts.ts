/** Transcripts in a few words, for the judge's tables: a session is a list of steps. */

import { resolveScenarios } from '../../../harness/scenario/resolve.ts';
import type { Scenario, ScenarioFields } from '../../../harness/scenario/scenario.ts';
import type { Happening, Observation, Peer, Phase } from '../../../src/transcript.ts';
import { NS } from '../../../src/xmpp/namespaces.ts';

/** A happening, 1 ms after the one before it or, with `after`, so many. */
export type Step = Happening | { after: number; happening: Happening };

export function transcript(...steps: (Step | Step[])[]): Observation[] {
  let t = 0;
  return steps.flat(1).map((step, index) => {
    const { after, happening } = 'after' in step ? step : { after: 1, happening: step };
    t += after;
    return { n: index + 1, t, ...happening };
  });
}

const hello = {
  legacyVersion: 0x0303,
  versions: [0x0304, 0x0303],
  cipherSuites: [0x1301],
  compressionMethods: [0],
  groups: [29],
  pointFormats: [0],
  signatureAlgorithms: [0x0403],
  serverName: null,
  alpn: [],
  extensions: [],
  extendedMasterSecret: true,
  renegotiationInfo: true,
  sessionTicket: false,
  preSharedKey: false,
  earlyData: false,
  grease: false,
};

export const on = (connection: number) => ({
  connected: (endpoint = 'main'): Happening => ({
    layer: 'tcp',
    type: 'connected',
    connection,
    endpoint,
    transport: 'starttls',
    direction: 'in',
    remote: '127.0.0.1:9',
  }),
  forged: (offered = true, awaits = 'client-key-exchange'): Happening => ({
    layer: 'tls',
    type: 'forged',
    connection,
    from: 'mallory',
    version: 'TLSv1.2',
    cipher: 'TLS_NULL_WITH_NULL_NULL',
    offered,
    awaits,
    bytes: 1_000,
  }),
  record: (name: string): Happening => ({ layer: 'tls', type: 'record', connection, from: 'client', name, bytes: 1 }),
  closed: (from: 'client' | 'mallory' = 'client', how: 'end' | 'reset' = 'end'): Happening => ({
    layer: 'tcp',
    type: 'closed',
    connection,
    from,
    how,
  }),
  bytes: (why: 'xml-on-direct-tls' | 'after-starttls' | 'instead-of-tls', secret = false): Happening => ({
    layer: 'tcp',
    type: 'bytes',
    connection,
    from: 'client',
    phase: 'clear',
    why,
    length: 1,
    text: '<',
    ...(secret && { secrets: [{ secret: 'password', form: 'sasl' as const }] }),
  }),
  header: (
    phase: Phase = 'clear',
    from: 'client' | 'mallory' = 'client',
    attributes: Record<string, string> = {},
  ): Happening => ({
    layer: 'xmpp',
    type: 'stream-open',
    connection,
    phase,
    from,
    attributes,
    xml: '<stream:stream>',
  }),
  features: (phase: Phase, ...mechanisms: string[]): Happening => ({
    layer: 'xmpp',
    type: 'element',
    connection,
    phase,
    from: 'mallory',
    name: 'features',
    ns: NS.streams,
    xml: '<stream:features>',
    mechanisms,
  }),
  starttls: (phase: Phase = 'clear'): Happening => ({
    layer: 'xmpp',
    type: 'element',
    connection,
    phase,
    from: 'client',
    name: 'starttls',
    ns: NS.tls,
    xml: '<starttls/>',
  }),
  hello: (kind = 'usual', versions = hello.versions, extensions: number[] = hello.extensions): Happening => ({
    layer: 'tls',
    type: 'client-hello',
    connection,
    from: 'client',
    hello: { ...hello, versions, extensions },
    kind,
    ja4: 't13i010000_0f2cb44170f4_000000000000',
  }),
  flight: (peer: Peer = 'honest', credential = 'c'): Happening => ({
    layer: 'tls',
    type: 'flight',
    connection,
    from: 'mallory',
    credential,
    peer,
    bytes: 900,
  }),
  handshake: (peer: Peer = 'honest', encrypted = true): Happening => ({
    layer: 'tls',
    type: 'handshake',
    connection,
    from: 'client',
    version: 'TLSv1.3',
    cipher: 'C',
    alpn: null,
    serverName: null,
    resumed: false,
    credential: 'c',
    certificateSha256: null,
    peer,
    encrypted,
    extendedMasterSecret: true,
    clientCertificate: false,
  }),
  failed: (from: 'client' | 'mallory', how: 'alert' | 'end' | 'not-offered' | 'protocol' | 'incapable'): Happening => ({
    layer: 'tls',
    type: 'failed',
    connection,
    from,
    how,
    code: 'X',
    message: 'for some reason',
  }),
  auth: (phase: Phase, mechanism: string, secret = false): Happening => ({
    layer: 'xmpp',
    type: 'element',
    connection,
    phase,
    from: 'client',
    name: 'auth',
    ns: NS.sasl,
    xml: '<auth/>',
    credential: 'sasl',
    mechanism,
    ...(secret && { secrets: [{ secret: 'password', form: 'sasl' as const }] }),
  }),
  iq: (
    phase: Phase,
    type: string,
    id: string,
    credential: 'stanza' | 'iq-auth' | 'register' = 'stanza',
  ): Happening => ({
    layer: 'xmpp',
    type: 'element',
    connection,
    phase,
    from: 'client',
    name: 'iq',
    ns: NS.client,
    xml: '<iq/>',
    credential,
    iq: { type, id },
  }),
  compress: (): Happening => ({
    layer: 'xmpp',
    type: 'element',
    connection,
    phase: 'clear',
    from: 'client',
    name: 'compress',
    ns: NS.compress,
    xml: '<compress/>',
    credential: 'compress',
  }),
  bound: (phase: Phase = 'authenticated'): Happening => ({
    layer: 'xmpp',
    type: 'bound',
    connection,
    phase,
    from: 'mallory',
    jid: 'j@d/r',
  }),
  acted: (index = 0, point = 'features', phase: Phase = 'clear'): Happening => ({
    layer: 'script',
    type: 'action',
    connection,
    index,
    action: 'x',
    point,
    phase,
  }),
});

export const exit = (code: number | null, signal: string | null = null, ours = false): Happening => ({
  layer: 'process',
  type: 'exit',
  code,
  signal,
  ours,
});
export const claim = (result: 'online' | 'refused' | 'unsupported'): Happening => ({
  layer: 'process',
  type: 'claim',
  claim: { result },
});
export const limit = (which: 'connected' | 'idle' | 'no-connection' = 'connected', afterMs = 10_000): Happening => ({
  layer: 'run',
  type: 'limit',
  limit: which,
  afterMs,
});
export const end: Happening = { layer: 'run', type: 'end' };

/** From the connection to the ClientHello, with a server that offers STARTTLS. */
export const toHello = (connection = 1): Happening[] => {
  const c = on(connection);
  return [c.connected(), c.header(), c.features('clear'), c.starttls(), c.hello()];
};

/** A good login inside TLS. */
export const login = (connection = 1): Step[] => {
  const c = on(connection);
  return [
    ...toHello(connection),
    c.flight(),
    c.handshake(),
    c.header('tls'),
    c.features('tls', 'SCRAM-SHA-1'),
    c.auth('tls', 'SCRAM-SHA-1'),
    c.bound(),
    c.closed(),
  ];
};

export function scenario(fields: Partial<ScenarioFields> & { id?: string }): Scenario {
  const [resolved] = resolveScenarios(
    { id: 'test/it', title: 'T', description: 'D', importance: 'critical', ...fields },
    'test',
  );
  if (!resolved) throw new Error('no scenario');
  return resolved;
}
