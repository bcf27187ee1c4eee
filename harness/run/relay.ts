/** What a run through a real server needs: its account, the CAs to trust, and what a tunnel shows of a login. */
import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import type { UpstreamServer } from '../../src/entity/upstream-tls.ts';
import type { Observation } from '../../src/transcript.ts';
import type { Judgement } from '../judge/judge.ts';
import { pick, type View } from '../judge/view.ts';
import { createMask, type Mask } from '../report/mask.ts';
import { BadInput } from '../scenario/problem.ts';
import type { ControlRecord } from './control-record.ts';
import type { Upstream } from './options.ts';
import { createTurns, type InTurn } from './turns.ts';

export interface Relay {
  server: UpstreamServer;
  identity: { localpart: string; domain: string; jid: string; password: string };
  /** PEM of the CAs that the server is verified with. */
  ca: string;
  mask: Mask;
  /**
   * One tunnel at a time: nothing there makes the resources of two sessions differ, and a server ends the older of two
   * with the same.
   */
  alone: InTurn;
}

/** @throws BadInput for an account that is no bare JID, and for CAs that are none. */
export async function relayTo({ host, port, transport, ca, account, password }: Upstream): Promise<Relay> {
  const [localpart = '', domain = '', ...rest] = account.split('@');
  if (!localpart || !domain || rest.length > 0 || domain.includes('/'))
    throw new BadInput(`The account ${JSON.stringify(account)} is no bare JID, such as juliet@example.org.`);
  if (!password) throw new BadInput(`The account ${account} needs its password.`);
  const trusted = ca ?? (await systemCas());
  if (!trusted.includes('-----BEGIN CERTIFICATE-----'))
    throw new BadInput('There is no certificate in what was given as the CA of the real server: PEM is wanted.');
  return {
    server: { host, port, transport, ca: trusted },
    identity: { localpart, domain, jid: account, password },
    ca: trusted,
    mask: createMask(password),
    alone: createTurns(1),
  };
}

/** Where systems keep theirs: Debian, Fedora, SUSE, Alpine and macOS. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

async function systemCas(): Promise<string> {
  const own = process.env.SSL_CERT_FILE;
  for (const file of own === undefined ? BUNDLES : [own, ...BUNDLES]) {
    const pem = await readFile(file, 'utf8').catch(() => '');
    if (pem !== '') return pem;
  }
  return rootCertificates.join('\n');
}

/** A login asks for features and then hands over credentials; only SASL2 needs no more than these two. */
const LEAST_EXCHANGES = 2;

/**
 * What counts as a session where TLS goes end to end. Nobody between sees the login: so the client's own word is needed
 * (status 0, and no claim that says otherwise), and it is believed only if inside TLS it was answered as often as the
 * shortest login is. A refused certificate leads to no exchange at all. A client that lies all the same is found out by
 * the other controls, which are relayed.
 */
export function throughTunnel({ observations, exit, claim }: View): { t: number } | undefined {
  const says = exit?.code === 0 && !exit.ours && (claim?.result ?? 'online') === 'online';
  return says ? tunnels(observations).find(({ tls, exchanges }) => tls && exchanges >= LEAST_EXCHANGES) : undefined;
}

/** Why a login through a tunnel did not work, as far as that can be seen. */
export function whyNotThroughTunnel(observations: readonly Observation[], ended: string): string {
  const [tunnel] = tunnels(observations);
  if (pick(observations, 'tls', 'client-hello').length === 0)
    return `The client did not get as far as TLS with the real server; ${ended}.`;
  if (!tunnel || tunnel.exchanges === 0)
    return `The client did not go on after the TLS handshake with the real server; ${ended}. Likely: it does not trust the server's CA (--upstream-ca), or checks the certificate against another name than XMPP_DOMAIN (try --via host).`;
  return `The client got no session at the real server; ${ended}. Likely: the password in XMPP_MALLORY_PASSWORD is not the account's, or client and server have no way to log in in common.`;
}

/** What the real server failed to do, as a sentence; null where it did its part. */
export function serverFailure(observations: readonly Observation[]): string | null {
  return pick(observations, 'tcp', 'upstream-failed')[0]?.why ?? null;
}

export function serverFailed({ attempt }: Pick<ControlRecord, 'attempt'>): boolean {
  return serverFailure(attempt?.observations ?? []) !== null;
}

/** Where the real server fails, nothing that a client left undone counts; what it did counts all the same. */
export function withoutBlame(
  judgement: Judgement,
  observations: readonly Observation[],
  control: Pick<ControlRecord, 'attempt' | 'state'>,
): Judgement {
  const inControl = control.state === 'failed' ? serverFailure(control.attempt?.observations ?? []) : null;
  const failure = serverFailure(observations) ?? inControl;
  const { verdict } = judgement;
  const findings = judgement.findings.filter(({ code }) => !code.startsWith('missing-'));
  const broken = findings.some(({ level }) => level === 'must');
  if (failure === null || broken || verdict === 'error' || (verdict === 'skip' && inControl === null)) return judgement;
  return { ...judgement, verdict: 'inconclusive', reason: `the real server failed: ${failure}`, findings };
}

const tunnels = (observations: readonly Observation[]) => pick(observations, 'tcp', 'tunnelled');
