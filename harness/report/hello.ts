/** What `hello` prints: a client's ClientHello over each transport in names, and what the audit says of it. */
import { cipherSuiteName, extensionName, groupName, signatureSchemeName, versionName } from '../../src/tls/names.ts';
import type { ClientHello, Transport } from '../../src/transcript.ts';
import { pick } from '../judge/view.ts';
import type { Finding, Report, Result, Via } from '../result.ts';
import type { Requirement } from '../scenario/catalogue.ts';
import { citation, wrapped } from './citation.ts';
import type { Paint } from './colour.ts';
import { visible, visibleLines } from './escape.ts';

export interface HelloReport {
  format: 'xmpp-mallory-hello/1';
  tool: Report['tool'];
  client: Report['client'];
  transports: TransportHello[];
  notes: string[];
  exitStatus: Report['exitStatus'];
}

export interface TransportHello {
  transport: Transport;
  via: Via;
  /** As on the wire; null where none came. */
  hello: ClientHello | null;
  names: HelloNames | null;
  ja4: string | null;
  /** Why there was no ClientHello, or no login; null where all is well. */
  diagnosis: string | null;
  findings: Finding[];
}

/** The same in words. */
export interface HelloNames {
  versions: string[];
  cipherSuites: string[];
  groups: string[];
  signatureAlgorithms: string[];
  extensions: string[];
  pointFormats: string[];
}

/** Of a run of `hello/*` with all its transcripts. */
export function helloReport({ tool, client, results, notes, exitStatus }: Report): HelloReport {
  const transports = (['starttls', 'direct'] as const).filter((name) => results.some((one) => one.transport === name));
  return {
    format: 'xmpp-mallory-hello/1',
    tool,
    client,
    transports: transports.map((transport) => overTransport(results.filter((one) => one.transport === transport))),
    notes,
    exitStatus,
  };
}

function overTransport(results: Result[]): TransportHello {
  const [{ transport, via } = { transport: 'starttls' as Transport, via: 'ip' as Via }] = results;
  const seen = results.flatMap(({ transcript = [] }) => pick(transcript, 'tls', 'client-hello').slice(0, 1))[0];
  // What is never right is found in each scenario again.
  const findings = new Map(results.flatMap((result) => result.findings.map((one) => [one.code, one])));
  return {
    transport,
    via,
    hello: seen?.hello ?? null,
    names: seen ? namesOf(seen.hello) : null,
    ja4: seen?.ja4 ?? null,
    diagnosis:
      results.find(({ verdict }) => verdict !== 'pass' && verdict !== 'warn' && verdict !== 'fail')?.reason ?? null,
    findings: [...findings.values()].sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level)),
  };
}

const LEVELS = ['must', 'should', 'info'];

const POINT_FORMATS = ['uncompressed', 'ansiX962_compressed_prime', 'ansiX962_compressed_char2'];

const namesOf = (hello: ClientHello): HelloNames => ({
  versions: hello.versions.map(versionName),
  cipherSuites: hello.cipherSuites.map(cipherSuiteName),
  groups: hello.groups.map(groupName),
  signatureAlgorithms: hello.signatureAlgorithms.map(signatureSchemeName),
  extensions: hello.extensions.map(extensionName),
  pointFormats: hello.pointFormats.map((code) => POINT_FORMATS[code] ?? String(code)),
});

export function helloText(
  { client, transports, notes }: HelloReport,
  requirements: Readonly<Record<string, Requirement>>,
  paint: Paint,
): string {
  const who = [client.label, client.version].filter(Boolean).join(' ');
  const sections = [
    paint('bold', visible(who)),
    ...notes.map((note) => visibleLines(`Note: ${note}`).join('\n')),
    ...transports.map((one) => transportText(one, requirements, paint)),
  ];
  return `${sections.join('\n\n')}\n`;
}

const TITLES = { starttls: 'STARTTLS', direct: 'Direct TLS' };
const WIDTH = 110;
const LABEL = 14;

function transportText(
  { transport, via, hello, names, ja4, diagnosis, findings }: TransportHello,
  requirements: Readonly<Record<string, Requirement>>,
  paint: Paint,
): string {
  const lines = [paint('bold', `${TITLES[transport]}, by ${via === 'ip' ? 'address' : 'host name'}`)];
  const row = (label: string, text: string) => {
    for (const [index, line] of wrapped(visible(text), WIDTH - LABEL).entries())
      lines.push(`  ${paint('dim', (index === 0 ? label : '').padEnd(LABEL))}${line}`);
  };
  if (!hello || !names) {
    lines.push(
      ...wrapped(`No ClientHello: ${visible(diagnosis ?? 'no reason is known.')}`, WIDTH).map((line) => `  ${line}`),
    );
  } else {
    if (diagnosis !== null) row('no login', diagnosis);
    row('JA4', ja4 ?? '');
    row('versions', listed(names.versions));
    row('suites', listed(names.cipherSuites));
    row('groups', listed(names.groups));
    row('signatures', listed(names.signatureAlgorithms));
    row('server name', hello.serverName ?? 'none');
    row('ALPN', listed(hello.alpn));
    row('extensions', listed(names.extensions));
    row('point formats', listed(names.pointFormats));
    row('also', listed(traits(hello)));
  }
  for (const one of findings) {
    const [word, style] = VERDICTS[one.level];
    lines.push('', `  ${paint(style, word)} ${visible(one.message)}  ${paint('dim', one.code)}`);
    lines.push(...citation(one.requirement, requirements).map((line) => `       ${paint('dim', line)}`));
  }
  if (hello && findings.length === 0) lines.push('', `  ${paint('green', 'Nothing is wrong with it.')}`);
  return lines.join('\n');
}

const VERDICTS = { must: ['FAIL', 'red'], should: ['WARN', 'yellow'], info: ['info', 'cyan'] } as const;

const listed = (names: readonly string[]) => (names.length === 0 ? 'none' : names.join(', '));

/** Of no weight, but good to know. */
function traits(hello: ClientHello): string[] {
  const compresses = hello.compressionMethods.some((method) => method !== 0);
  return [
    hello.groups.some((code) => /MLKEM|Kyber/.test(groupName(code))) ? 'post-quantum group' : 'no post-quantum group',
    hello.grease ? 'GREASE' : 'no GREASE',
    hello.extensions.includes(22) ? 'encrypt-then-MAC' : 'no encrypt-then-MAC',
    hello.sessionTicket ? 'session tickets' : 'no session tickets',
    ...(hello.preSharedKey ? ['pre-shared key'] : []),
    compresses ? 'TLS compression' : 'no TLS compression',
  ];
}
