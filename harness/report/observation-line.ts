/** One observation in one line, in words and with the bytes: `client -> <auth mechanism='PLAIN'>…</auth>  (in clear)`. */
import type { Claim, Observation, Phase } from '../../src/transcript.ts';
import { shortened, visible } from './escape.ts';

/** Characters of XML or text that are shown of one observation. */
const SHOWN = 200;

export function observationLine(observation: Observation): string {
  return visible(inWords(observation));
}

function inWords(o: Observation): string {
  const where = 'connection' in o ? onConnection(o.connection) : '';
  if (o.layer === 'xmpp') return `${where}${happening(o)}  (${PHASES[o.phase]}${secretsIn(o)})`;
  return o.layer === 'script' ? `${where}mallory: ${happening(o)}  (${PHASES[o.phase]})` : `${where}${happening(o)}`;
}

/** Without the connection, and of XMPP without what protects it. Nothing is made visible yet. */
export function happening(o: Observation): string {
  switch (o.layer) {
    case 'tcp':
      return tcp(o);
    case 'tls':
      return tls(o);
    case 'xmpp':
      return xmpp(o);
    case 'dns':
      return dns(o);
    case 'http':
      return http(o);
    case 'script':
      return `${o.action} on ${o.point}`;
    case 'process':
      return processLine(o);
    case 'run':
      return run(o);
  }
}

const PHASES: Record<Phase, string> = {
  clear: 'in clear',
  tls: 'inside TLS',
  authenticated: 'inside TLS, after the login',
};

/** What nobody reads in base64 at a glance. */
function secretsIn(o: Observation): string {
  const found = 'secrets' in o ? [...new Set(o.secrets?.map(({ secret }) => secret))] : [];
  return found.length > 0 ? `, with the ${found.join(' and the ')} in it` : '';
}

/** The first goes without saying. */
const onConnection = (connection: number) => (connection <= 1 ? '' : `connection ${connection}: `);

function tcp(o: Observation & { layer: 'tcp' }): string {
  switch (o.type) {
    case 'connected':
      return o.direction === 'in' ? `client connects to ${o.endpoint}` : `mallory connects to ${o.remote}`;
    case 'bytes':
      return `client -> ${shortened(JSON.stringify(o.text), SHOWN)}  (${o.length} bytes ${PHASES[o.phase]}: ${BYTES[o.why]}${secretsIn(o)})`;
    case 'written':
      return `mallory -> ${shortened(o.text, SHOWN)}  (${PHASES[o.phase]})`;
    case 'refused':
      return `the connection was refused: ${o.why}`;
    case 'upstream-failed':
      return `the real server failed: ${o.why}`;
    case 'tunnelled':
      return `${o.clientBytes} bytes to the real server and ${o.serverBytes} back${o.tls ? `, ${o.exchanges} exchanges inside TLS` : ', without TLS'}`;
    case 'closed':
      return `${o.from} ${o.how === 'reset' ? 'resets' : 'closes'} the connection`;
  }
}

const BYTES: Record<(Observation & { layer: 'tcp'; type: 'bytes' })['why'], string> = {
  'xml-on-direct-tls': 'XML where TLS should begin',
  'after-starttls': 'behind starttls, before TLS',
  'instead-of-tls': 'no TLS where it should begin',
  unread: 'left over',
  'after-malformed': 'behind what was no XML',
};

function tls(o: Observation & { layer: 'tls' }): string {
  switch (o.type) {
    case 'client-hello':
      return `client -> ClientHello for ${o.hello.serverName ?? 'no name'}${offer(o.offersSession)}`;
    case 'early-data':
      return `client -> ${o.length} octets of early data`;
    case 'record':
      return `client -> ${o.name}${o.alert ? ` ${o.alert.description}` : ''}, below TLS`;
    case 'rewritten':
      return o.impossible ?? 'mallory -> the changed handshake';
    case 'forged':
      return `mallory -> a forged flight: ${o.version}, ${o.cipher}${o.offered ? '' : ', which was not offered'}`;
    case 'flight':
      return `mallory -> certificate "${o.credential}"  (${o.peer} peer)`;
    case 'handshake':
      return `client finishes the TLS handshake: ${o.version}, ${o.cipher}, ${o.resumed ? 'resumed, ' : ''}certificate "${o.credential}"  (${o.peer} peer)`;
    case 'client-certificate':
      return `client -> certificate of its own  (${o.names}${o.fault === null ? '' : `: ${o.fault}`})`;
    case 'failed':
      return `${o.from} ends the TLS handshake: ${o.message}`;
  }
}

function offer(session: number | undefined): string {
  if (session === undefined) return '';
  return session === 0 ? ', with a session of its own' : `, with the session of connection ${session}`;
}

function xmpp(o: Observation & { layer: 'xmpp' }): string {
  switch (o.type) {
    case 'stream-open':
    case 'element':
      return `${o.from} -> ${shortened(o.xml, SHOWN)}`;
    case 'stream-close':
      return `${o.from} -> </stream:stream>`;
    case 'malformed':
      return `client -> ${shortened(JSON.stringify(o.text), SHOWN)}, which is no XML of a stream: ${o.reason}`;
    case 'authenticated':
      return `${o.user} is logged in with ${o.mechanism}`;
    case 'bound':
      return `${o.jid} is online`;
    case 'accepted':
      return `a stanza of ${o.jid} to ${o.domain} is accepted`;
  }
}

function dns(o: Observation & { layer: 'dns' }): string {
  switch (o.type) {
    case 'query':
      return `client asks DNS: ${shortened(o.name, SHOWN)} ${o.wanted}?`;
    case 'answer':
      return `DNS -> ${o.truncated ? 'truncated' : o.code === 'NOERROR' ? recordsOf(o) : o.code}`;
    case 'unanswered':
      return `DNS does not answer: ${shortened(o.name, SHOWN)} ${o.wanted}`;
    case 'unreadable':
      return `client -> ${o.length} octets to DNS, which are no query: ${o.reason}`;
  }
}

function http(o: Observation & { layer: 'http' }): string {
  if (o.type === 'http-request')
    return `client asks for ${o.over}://${shortened(o.host, SHOWN)}${shortened(o.path, SHOWN)}`;
  return `${o.status} -> ${o.location ?? (shortened(o.body, SHOWN) || 'nothing')}`;
}

const recordsOf = ({ records }: { records: string[] }) =>
  records.length > 0 ? shortened(records.join('; '), SHOWN) : 'no such record';

function processLine(o: Observation & { layer: 'process' }): string {
  switch (o.type) {
    case 'started':
      return 'the client is started';
    case 'not-started':
      return `the client cannot be started: ${o.message}`;
    case 'told':
      return `the server is told to send to ${o.domain}, too`;
    case 'claim':
      return `the client says: ${claimLine(o.claim)}`;
    case 'exit':
      return `the client ends with ${o.signal ?? `status ${o.code}`}${o.ours ? ', as it was told to' : ''}`;
    case 'flood':
      return `the client floods ${o.stream === 'stdout' ? 'standard output' : 'standard error'}: ${o.bytes} bytes`;
  }
}

/** What a client said of itself, as it said it. */
export const claimLine = (claim: Claim): string => visible(shortened(JSON.stringify(claim), SHOWN));

function run(o: Observation & { layer: 'run' }): string {
  switch (o.type) {
    case 'limit':
      return `the wait ends after ${o.afterMs} ms (${o.limit})`;
    case 'fulfilled':
      return 'nothing is left to be seen: the client is told to end';
    case 'dropped':
      return `${o.observations} more observations were not kept`;
    case 'end':
      return 'the scenario ends';
  }
}
