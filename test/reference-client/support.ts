/** One session of a client with the interceptor, for tests: what a scenario is, without files and without a judge. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connect, Endpoint } from '../../harness/client/client.ts';
import {
  createAuthority,
  createTranscript,
  type InterceptorOptions,
  type Observation,
  type SimulatedSettings,
  simulated,
  startInterceptor,
} from '../../src/index.ts';
import type { Claim } from '../../src/transcript.ts';

export interface Setting {
  transport?: Endpoint['tls'];
  session?: Endpoint['session'];
  /** Mechanisms and the like, by what protects the stream. */
  entity?: Partial<Omit<SimulatedSettings, 'account'>>;
  credential?: string;
  versions?: InterceptorOptions['versions'];
  endpoints?: InterceptorOptions['endpoints'];
  script?: InterceptorOptions['script'];
  /** Ends a `stay` session. Default: once there was a second login. */
  until?: (observations: readonly Observation[]) => boolean;
}

export interface Outcome {
  observations: readonly Observation[];
  claim: Claim | null;
  error: Error | null;
}

const authority = createAuthority();

export async function meet(client: Connect, setting: Setting = {}): Promise<Outcome> {
  const { transport = 'starttls', session = 'once', entity = {} } = setting;
  const stateDir = mkdtempSync(join(tmpdir(), 'reference-client-'));
  const caFile = join(stateDir, 'ca.pem');
  writeFileSync(caFile, (await authority).caPem);
  const [domain, password] = [`im.x${randomBytes(4).toString('hex')}.test`, randomBytes(9).toString('base64url')];
  const transcript = createTranscript();
  const interceptor = await startInterceptor({
    authority: await authority,
    domain,
    jid: `juliet@${domain}`,
    transport,
    transcript,
    credential: setting.credential,
    versions: setting.versions,
    endpoints: setting.endpoints,
    script: setting.script,
    entity: simulated({
      mechanisms: { clear: [], tls: ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'] },
      sasl2: { clear: [], tls: [] },
      iqAuth: { clear: false, tls: false },
      ...entity,
      account: { localpart: 'juliet', domain, password },
    }),
  });
  const abort = new AbortController();
  const until =
    setting.until ?? ((seen) => seen.filter(({ layer, ...o }) => layer === 'xmpp' && isBound(o)).length > 1);
  transcript.subscribe(() => {
    if (session === 'stay' && until(transcript.observations)) setTimeout(() => abort.abort(), 20);
  });
  const limit = setTimeout(() => abort.abort(), 8_000);
  const endpoint: Endpoint = {
    host: '127.0.0.1',
    port: interceptor.port(),
    domain,
    jid: `juliet@${domain}`,
    password,
    caFile,
    tls: transport,
    via: 'ip',
    session,
    stateDir,
    certFile: null,
    keyFile: null,
  };
  try {
    const claim = (await client(endpoint, abort.signal)) ?? null;
    return { observations: transcript.observations, claim, error: null };
  } catch (error) {
    return { observations: transcript.observations, claim: null, error: error as Error };
  } finally {
    clearTimeout(limit);
    await interceptor.drain(500);
    await interceptor.close();
    rmSync(stateDir, { recursive: true });
  }
}

const isBound = (o: Observation) => o.layer === 'xmpp' && o.type === 'bound';

export const wasOnline = ({ observations }: Outcome) => observations.some(isBound);

/** Elements of the client, one line each. */
export const said = ({ observations }: Outcome) =>
  observations.flatMap((o) => (o.layer === 'xmpp' && o.type === 'element' && o.from === 'client' ? [o] : []));
