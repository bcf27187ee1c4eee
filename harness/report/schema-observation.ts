/** The schema of one observation: what `src/transcript.ts` says in types. `schema.ts` sees to it that both say the same. */
import * as z from 'zod';

/** No more, and no less: the types of the transcript have `field?: X`, never `field?: X | undefined`. */
const maybe = z.exactOptional;
export const count = z.int().min(0);
/** Of connections, observations: from 1. */
export const ordinal = z.int().min(1);
export const milliseconds = z.number().min(0);
const texts = z.array(z.string());
const codePoints = z.array(count);

export const transport = z.enum(['starttls', 'direct']);
export const direction = z.enum(['in', 'out']).describe('in: the client came; out: Mallory dialled');
export const peer = z
  .enum(['honest', 'untrusted', 'weak', 'trusted-mitm'])
  .describe("who sits at Mallory's end of TLS, by the credential it presented")
  .meta({ id: 'Peer' });
const phase = z
  .enum(['clear', 'tls', 'authenticated'])
  .describe('what protects a byte; a login in clear leaves it clear')
  .meta({ id: 'Phase' });
const side = z.enum(['client', 'mallory']);
const client = z.literal('client');
const mallory = z.literal('mallory');

const credential = z
  .enum(['sasl', 'sasl2', 'iq-auth', 'register', 'compress', 'resume', 'dialback', 'stanza'])
  .describe('why it counts as credential phase')
  .meta({ id: 'CredentialKind' });
const secrets = z
  .array(z.strictObject({ secret: z.string(), form: z.enum(['raw', 'base64', 'sasl']) }))
  .describe('canaries in bytes in clear, or on the way to a peer that is not honest')
  .meta({ id: 'Secrets' });

const hello = z
  .strictObject({
    legacyVersion: count,
    versions: codePoints,
    cipherSuites: codePoints,
    compressionMethods: codePoints,
    groups: codePoints,
    pointFormats: codePoints,
    signatureAlgorithms: codePoints,
    serverName: z.string().nullable(),
    alpn: texts,
    extensions: codePoints,
    extendedMasterSecret: z.boolean(),
    renegotiationInfo: z.boolean(),
    sessionTicket: z.boolean(),
    preSharedKey: z.boolean(),
    earlyData: z.boolean(),
    grease: z.boolean(),
  })
  .describe('code points of the IANA TLS registries, without GREASE')
  .meta({ id: 'ClientHello' });

export const claim = z
  .strictObject({
    result: z.enum(['online', 'refused', 'unsupported']).optional(),
    reason: z.string().optional(),
    tls: z
      .strictObject({
        version: z.string().optional(),
        cipher: z.string().optional(),
        certificate_sha256: z.string().optional(),
        verified_by: z.string().optional(),
        certificate_changed: z.boolean().optional(),
      })
      .optional(),
  })
  .describe('what the client said of itself')
  .meta({ id: 'Claim' });

const every = { n: ordinal, t: milliseconds.describe('since the transcript began') };
const onTcp = { ...every, layer: z.literal('tcp'), connection: ordinal };
const onTls = { ...every, layer: z.literal('tls'), connection: ordinal };
const onXmpp = { ...every, layer: z.literal('xmpp'), connection: ordinal, phase };
const onScript = { ...every, layer: z.literal('script'), connection: count.describe('0: before any, in DNS') };
const over = z.enum(['udp', 'tcp']);
const wanted = z.string().describe('the type of record that is asked for');
const onDns = { ...every, layer: z.literal('dns') };
const onHttp = { ...every, layer: z.literal('http') };
const onProcess = { ...every, layer: z.literal('process') };
const onRun = { ...every, layer: z.literal('run') };

const seen = <Type extends string, Shape extends z.core.$ZodLooseShape>(type: Type, shape: Shape) =>
  z.strictObject({ type: z.literal(type), ...shape });

/** A type has one meaning on one layer only, so that `type` alone tells them apart. */
export const observation = z
  .discriminatedUnion('type', [
    seen('connected', { ...onTcp, endpoint: z.string(), transport, direction, remote: z.string() }),
    seen('bytes', {
      ...onTcp,
      from: client,
      phase,
      why: z.enum(['xml-on-direct-tls', 'after-starttls', 'instead-of-tls', 'unread', 'after-malformed']),
      length: count,
      text: z.string().describe('latin1'),
      credential: maybe(credential),
      secrets: maybe(secrets),
    }),
    seen('written', { ...onTcp, from: mallory, phase, length: count, text: z.string() }),
    seen('refused', { ...onTcp, why: z.string() }),
    seen('upstream-failed', { ...onTcp, why: z.string() }),
    seen('tunnelled', { ...onTcp, clientBytes: count, serverBytes: count, tls: z.boolean(), exchanges: count }),
    seen('closed', { ...onTcp, from: side, how: z.enum(['end', 'reset']) }),

    seen('client-hello', {
      ...onTls,
      from: client,
      hello,
      kind: z.string(),
      ja4: z.string(),
      offersSession: maybe(count).describe('the connection in which the session began; 0: none that is known'),
    }),
    seen('early-data', { ...onTls, from: client, length: count }),
    seen('record', {
      ...onTls,
      from: client,
      name: z.string().describe('of a handshake message in plaintext, or of another record'),
      bytes: count,
      alert: maybe(z.strictObject({ level: count, description: count })),
    }),
    seen('rewritten', { ...onTls, from: mallory, impossible: maybe(z.string()) }),
    seen('forged', {
      ...onTls,
      from: mallory,
      version: z.string(),
      cipher: z.string(),
      offered: z.boolean().describe("version, suite and compression are the ClientHello's"),
      awaits: z.string().describe('the record by which the client accepts it'),
      bytes: count,
    }),
    seen('flight', { ...onTls, from: mallory, credential: z.string(), peer, bytes: count }),
    seen('handshake', {
      ...onTls,
      from: client,
      version: z.string(),
      cipher: z.string(),
      alpn: z.string().nullable(),
      serverName: z.string().nullable(),
      resumed: z.boolean(),
      credential: z.string(),
      certificateSha256: z.string().nullable(),
      peer,
      encrypted: z.boolean(),
      extendedMasterSecret: z.boolean(),
      clientCertificate: z.boolean(),
    }),
    seen('client-certificate', {
      ...onTls,
      from: client,
      sha256: z.string(),
      names: z.string(),
      fault: z.string().nullable().describe('why it does not prove that the client is who it says; null: it does'),
    }),
    seen('failed', {
      ...onTls,
      from: side,
      how: z.enum(['alert', 'end', 'reset', 'not-offered', 'protocol', 'incapable']),
      code: z.string(),
      message: z.string(),
    }),

    seen('stream-open', {
      ...onXmpp,
      from: side,
      attributes: z.record(z.string(), z.string()),
      xml: z.string(),
      secrets: maybe(secrets),
    }),
    seen('element', {
      ...onXmpp,
      from: side,
      name: z.string(),
      ns: z.string(),
      xml: z.string(),
      credential: maybe(credential),
      mechanism: maybe(z.string()),
      mechanisms: maybe(texts).describe("of Mallory's features: what they offer"),
      iq: maybe(z.strictObject({ type: z.string(), id: z.string() })),
      secrets: maybe(secrets),
    }),
    seen('stream-close', { ...onXmpp, from: side }),
    seen('malformed', {
      ...onXmpp,
      from: client,
      reason: z.string(),
      text: z.string(),
      credential: maybe(credential),
      secrets: maybe(secrets),
    }),
    seen('authenticated', { ...onXmpp, from: mallory, mechanism: z.string(), user: z.string() }),
    seen('bound', { ...onXmpp, from: mallory, jid: z.string() }),
    seen('accepted', { ...onXmpp, from: mallory, jid: z.string(), domain: z.string() }),

    seen('action', { ...onScript, index: count, action: z.string(), point: z.string(), phase }),

    seen('query', { ...onDns, from: client, over, name: z.string(), wanted }),
    seen('answer', {
      ...onDns,
      from: mallory,
      name: z.string(),
      wanted,
      code: z.enum(['NOERROR', 'SERVFAIL', 'NXDOMAIN', 'REFUSED']),
      records: texts.describe('as in a zone file'),
      truncated: maybe(z.boolean()).describe('it was too long for UDP, and no record was sent'),
    }),
    seen('unanswered', { ...onDns, from: mallory, name: z.string(), wanted }),
    seen('unreadable', { ...onDns, from: client, over, length: count, reason: z.string() }),

    seen('http-request', {
      ...onHttp,
      from: client,
      over: z.enum(['https', 'http']),
      host: z.string(),
      path: z.string(),
    }),
    seen('http-response', {
      ...onHttp,
      from: mallory,
      status: count,
      location: z.string().nullable(),
      body: z.string(),
    }),

    seen('started', onProcess),
    seen('not-started', { ...onProcess, message: z.string() }),
    seen('told', { ...onProcess, domain: z.string() }),
    seen('claim', { ...onProcess, claim }),
    seen('exit', { ...onProcess, code: z.int().nullable(), signal: z.string().nullable(), ours: z.boolean() }),
    seen('flood', { ...onProcess, stream: z.enum(['stdout', 'stderr']), bytes: count }),

    seen('limit', {
      ...onRun,
      limit: z.enum(['no-connection', 'connected', 'idle', 'finding']),
      afterMs: milliseconds,
    }),
    seen('fulfilled', onRun),
    seen('dropped', { ...onRun, observations: count }),
    seen('end', onRun),
  ])
  .meta({ id: 'Observation' });
