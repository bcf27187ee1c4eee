/** One session of a client with the interceptor, for tests: what a scenario is, without files and without a judge. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connect, Endpoint } from '../../harness/client/client.ts';
import { atUsualPorts, openNames } from '../../harness/run/names.ts';
import {
  createAuthority,
  createTranscript,
  type InterceptorOptions,
  type Observation,
  type SimulatedSettings,
  simulated,
  startInterceptor,
} from '../../src/index.ts';
import { issueClientCertificate } from '../../src/pki/client-certificate.ts';
import type { Claim } from '../../src/transcript.ts';
import { element } from '../../src/xmpp/elements.ts';
import { NS } from '../../src/xmpp/namespaces.ts';

export interface Setting {
  transport?: Endpoint['tls'];
  session?: Endpoint['session'];
  /** Mechanisms and the like, by what protects the stream. */
  entity?: Partial<Omit<SimulatedSettings, 'account'>>;
  credential?: string;
  /** The client has a certificate to log in with. Default: false. */
  certified?: boolean;
  /** Default: an ordinary one, fresh. */
  domain?: string;
  versions?: InterceptorOptions['versions'];
  endpoints?: InterceptorOptions['endpoints'];
  script?: InterceptorOptions['script'];
  /** It is told neither host nor port, and asks. Default: it is told both. */
  byDns?: boolean;
  /** Ends a `stay` session. Default: once it has answered a ping in a second one. */
  until?: (observations: readonly Observation[]) => boolean;
  /** Ends any session. Milliseconds; default 30,000, for a busy machine. */
  limitMs?: number;
}

export interface Outcome {
  observations: readonly Observation[];
  claim: Claim | null;
  error: Error | null;
}

const authority = createAuthority();

/** Sessions mostly wait, but too many at a time wait for each other. */
const places = { free: 6, queue: [] as (() => void)[] };

export async function meet(client: Connect, setting: Setting = {}): Promise<Outcome> {
  if (places.free === 0) await new Promise<void>((resolve) => places.queue.push(resolve));
  else places.free -= 1;
  try {
    return await session(client, setting);
  } finally {
    const next = places.queue.shift();
    if (next) next();
    else places.free += 1;
  }
}

async function session(client: Connect, setting: Setting): Promise<Outcome> {
  const { transport = 'starttls', session: kind = 'once', entity = {} } = setting;
  const stateDir = mkdtempSync(join(tmpdir(), 'reference-client-'));
  const caFile = join(stateDir, 'ca.pem');
  writeFileSync(caFile, (await authority).caPem);
  const domain = setting.domain ?? `im.x${randomBytes(4).toString('hex')}.test`;
  const password = randomBytes(9).toString('base64url');
  const own = setting.certified ? issueClientCertificate(await authority, `juliet@${domain}`) : null;
  const certFile = own && join(stateDir, 'client.pem');
  if (own && certFile) writeFileSync(certFile, own.chain + own.key);
  const transcript = createTranscript();
  const names = setting.byDns ? await openNames(null) : null;
  const interceptor = await startInterceptor({
    ...(names && { address: names.address, port: names.ports[transport], resolved: names.resolved }),
    authority: await authority,
    domain,
    jid: `juliet@${domain}`,
    transport,
    transcript,
    credential: setting.credential,
    clientCa: own ? (await authority).caPem : undefined,
    versions: setting.versions,
    endpoints: names ? atUsualPorts(setting.endpoints ?? {}, transport, names.ports) : setting.endpoints,
    script: setting.script,
    entity: simulated({
      mechanisms: { clear: [], tls: ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'] },
      sasl2: { clear: [], tls: [] },
      iqAuth: { clear: false, tls: false },
      ...entity,
      ...(kind === 'stay' && { afterBind: [PING] }),
      account: { localpart: 'juliet', domain, password, ...(own && { certificate: own.sha256 }) },
    }),
  });
  names?.serve({ domain, transport, interceptor, transcript });
  const abort = new AbortController();
  const until = setting.until ?? isThereAgain;
  transcript.subscribe(() => {
    if (kind === 'stay' && until(transcript.observations)) abort.abort();
  });
  const limit = setTimeout(() => abort.abort(), setting.limitMs ?? 30_000);
  const jid = `juliet@${domain}`;
  const endpoint = endpointFor({
    jid,
    password,
    caFile,
    port: interceptor.port(),
    tls: transport,
    session: kind,
    stateDir,
    certFile,
    keyFile: certFile,
    ...(names && { via: 'dns', host: '', port: 0, resolver: names.resolver ?? undefined }),
  });
  try {
    const claim = (await client(endpoint, abort.signal)) ?? null;
    return { observations: transcript.observations, claim, error: null };
  } catch (error) {
    return { observations: transcript.observations, claim: null, error: error as Error };
  } finally {
    clearTimeout(limit);
    await interceptor.drain(500);
    await interceptor.close();
    await names?.close();
    rmSync(stateDir, { recursive: true });
  }
}

/** What a client is told, on this machine. */
export function endpointFor(
  told: Pick<Endpoint, 'jid' | 'password' | 'caFile' | 'port'> & Partial<Endpoint>,
): Endpoint {
  const domain = told.jid.slice(told.jid.indexOf('@') + 1);
  const rest = { host: '127.0.0.1', via: 'ip', tls: 'starttls', session: 'once', stateDir: '' } as const;
  return { ...rest, domain, certFile: null, keyFile: null, ...told };
}

/** Only that tells, however busy the machine is, that the client knows of its second session. */
const PING = element('iq', undefined, { type: 'get', id: 'still-there' }, element('ping', NS.ping));

function isThereAgain(seen: readonly Observation[]): boolean {
  const [, second] = seen.flatMap((o) => (isBound(o) && 'connection' in o ? [o.connection] : []));
  return seen.some(
    (o) => o.type === 'element' && o.from === 'client' && o.connection === second && o.iq?.id === 'still-there',
  );
}

const isBound = (o: Observation) => o.layer === 'xmpp' && o.type === 'bound';

export const wasOnline = ({ observations }: Outcome) => observations.some(isBound);

/** Elements of the client, one line each. */
export const said = ({ observations }: Outcome) =>
  observations.flatMap((o) => (o.layer === 'xmpp' && o.type === 'element' && o.from === 'client' ? [o] : []));
