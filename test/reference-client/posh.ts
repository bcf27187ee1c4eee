/** POSH (RFC 7711) as a correct server does it: whether the domain itself, over HTTPS, vouches for what was presented in TLS. */
import { readFileSync } from 'node:fs';
import { get as getClear, type IncomingMessage } from 'node:http';
import { get as getSecured } from 'node:https';
import type { Attempt } from './attempt.ts';
import { asciiOf } from './names.ts';

/** Redirects and delegations in a row. */
const MOST_HOPS = 5;
const MOST_OCTETS = 65_536;
/** Milliseconds. */
const PATIENCE = 5_000;

export async function provedByPosh(attempt: Attempt): Promise<boolean> {
  const { server, endpoint, chain, has } = attempt;
  const port = server?.https?.split(':')[1];
  const [leaf] = chain;
  if (port === undefined || !leaf) return false;
  const fingerprint = Buffer.from(leaf.fingerprint256.replaceAll(':', ''), 'hex').toString('base64');
  let url = new URL(`https://${asciiOf(endpoint.domain)}:${port}/.well-known/posh/xmpp-server.json`);
  let delegated = false;
  for (let hops = 0; hops <= MOST_HOPS; hops += 1) {
    if (url.protocol !== 'https:' && !has('posh-over-http')) return false;
    const answer = await fetched(url, attempt).catch(() => null);
    if (answer === null) return false;
    if ('location' in answer) {
      url = new URL(answer.location, url);
      continue;
    }
    const { url: elsewhere, fingerprints = [], expires } = answer.document;
    if (!(Number(expires) > 0) && !has('posh-stale')) return false;
    if (elsewhere !== undefined) {
      if (has('posh-no-delegation') || (delegated && !has('posh-without-end'))) return false;
      delegated = true;
      url = new URL(elsewhere, url);
      continue;
    }
    return has('posh-any-fingerprint') || fingerprints.some((one) => one['sha-256'] === fingerprint);
  }
  return has('posh-without-end');
}

interface Document {
  url?: string;
  fingerprints?: { 'sha-256'?: string }[];
  expires?: number;
}

async function fetched(
  url: URL,
  { endpoint, has }: Attempt,
): Promise<{ location: string } | { document: Document } | null> {
  const common = {
    host: '127.0.0.1',
    port: url.port,
    path: url.pathname,
    headers: { host: url.host },
    signal: AbortSignal.timeout(PATIENCE),
  };
  const tls = {
    ca: readFileSync(endpoint.caFile),
    servername: url.hostname,
    rejectUnauthorized: !has('posh-untrusted-https'),
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked =
      url.protocol === 'https:' ? getSecured({ ...common, ...tls }, resolve) : getClear({ ...common }, resolve);
    asked.on('error', reject);
  });
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) {
    body += chunk;
    if (body.length > MOST_OCTETS) return null;
  }
  if (response.headers.location) return { location: response.headers.location };
  return response.statusCode === 200 ? { document: JSON.parse(body) } : null;
}
