/** TLS libraries as clients: each logs in by the least there is around it, so that what is judged is the library. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Client, commandClient, type Report, type Result } from '../../harness/index.ts';
import type { Catalogue } from '../../harness/scenario/catalogue.ts';
import { matchesPattern } from '../../harness/scenario/glob.ts';
import { credentials } from '../../src/pki/credentials/index.ts';

export interface Library {
  name: string;
  command: string[];
  /** Words that print its version: where they fail, it is not there. */
  probe: string[];
  /** What it does that a scenario counts as `fail`, and why that is no fault of the scenario. */
  known: Known[];
  /** What it refuses with its verification off, too, so that it is caught by nothing there. */
  refusesAnyway?: Known[];
}

export interface Known {
  /** Glob of ids or keys. */
  match: string;
  reason: string;
}

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const NO_BUFFER =
  'The tool reads once and looks for the answer in what came, where it should read on: its STARTTLS, not its TLS (openssl: apps/s_client.c, PROTO_XMPP; gnutls: src/socket.c).';

const MIN_DH_SIZE = "Node's default for minDHSize is 1024 (documented with tls.connect).";
const ALPN_OPTIONAL = 'Only GNUTLS_ALPN_MANDATORY makes it mind (documented with gnutls_alpn_set_protocols).';
const PARTIAL_RENEGOTIATION = '%PARTIAL_RENEGOTIATION is its default (manual, Priority Strings).';
const OLD_BY_DEFAULT =
  'The priority string NORMAL has TLS 1.0 and 1.1, SHA-1 and short groups (manual, Priority Strings; GnuTLS 3.7.9).';
const HELD_BACK = 'Read in the source of 3.7.9: the library is wrong, and not we. Held back (SECURITY.md).';

const of = (reason: string, ...matches: string[]): Known[] => matches.map((match) => ({ match, reason }));

export const LIBRARIES: Library[] = [
  {
    name: 'node tls',
    command: [process.execPath, beside('node-tls.mjs')],
    probe: [process.execPath, '--version'],
    known: of(MIN_DH_SIZE, 'tls/diffie-hellman-1024-bit', 'tls/suite-dhe-1024'),
  },
  {
    name: 'python ssl',
    command: ['python3', beside('python-ssl.py')],
    probe: ['python3', '-c', 'import ssl; print(ssl.OPENSSL_VERSION)'],
    known: [],
  },
  {
    name: 'openssl s_client',
    command: [process.execPath, beside('tool.mjs'), 'openssl'],
    probe: ['openssl', 'version'],
    known: [{ match: 'interop/split-*', reason: NO_BUFFER }],
  },
  {
    name: 'gnutls-cli',
    command: [process.execPath, beside('tool.mjs'), 'gnutls'],
    probe: ['gnutls-cli', '--version'],
    known: [
      { match: 'interop/split-*', reason: NO_BUFFER },
      ...of(ALPN_OPTIONAL, 'tls/alpn-other*', 'tls/alpn-server-to-server', 'tls/alpn-two*'),
      ...of(PARTIAL_RENEGOTIATION, 'tls/renegotiation-info-missing'),
      ...of(OLD_BY_DEFAULT, 'tls/version-wrong-tls-1.0', 'tls/version-wrong-tls-1.1'),
      ...of(OLD_BY_DEFAULT, 'tls/diffie-hellman-1024-bit', 'tls/suite-dhe-1024'),
      ...of(OLD_BY_DEFAULT, 'tls/signature-algorithm-sha-1*', 'tls/signature-sha1'),
      ...of(HELD_BACK, 'tls/extension-twice', 'tls/extension-unsolicited-npn', 'tls/retry-same-group'),
      ...of(HELD_BACK, 'tls/retry-unoffered-suite', 'tls/sentinel-tls-1.1', 'tls/session-id-not-echoed'),
      ...of(HELD_BACK, 'tls/suite-unoffered-of-tls-1.2-in-tls-1.3'),
    ],
    refusesAnyway: [
      {
        match: 'certificate/empty-san',
        reason:
          'It reads the names before it verifies, and ends with "Unknown Subject Alternative name" (GnuTLS 3.7.9).',
      },
    ],
  },
];

/** Null where it is there; else what is missing. */
export function missing({ probe: [program = '', ...words] }: Library): string | null {
  return spawnSync(program, words).status === 0 ? null : `needs ${program}`;
}

/** `insecure`: its verification is off. */
export function libraryClient({ name, command }: Library, insecure = false): Client {
  const words = insecure ? [...command, '--insecure'] : command;
  return commandClient({ label: name, command: words, rerun: ['--', ...words] });
}

const show = ({ key, verdict, reason, findings }: Result) =>
  `${key}: ${verdict} ${reason ?? ''} ${findings.map(({ code }) => code).join(' ')}`;

/** A library that verifies is never a `fail`, but for what it is known for. */
export function unexplained({ results }: Report, { known }: Library): string[] {
  return results
    .filter(({ verdict }) => verdict !== 'pass' && verdict !== 'warn' && verdict !== 'skip')
    .filter(({ key }) => !known.some(({ match }) => matchesPattern(match, key)))
    .map(show);
}

/**
 * With its verification off a library sees nothing of what is wrong with a name, a path, a date or a purpose: where it
 * is not caught, the scenario catches nobody.
 */
export function uncaught({ results }: Report, { scenarios }: Catalogue, { refusesAnyway = [] }: Library): string[] {
  const blind = new Set(scenarios.filter(onlyValidationSees).map(({ id }) => id));
  return results
    .filter(
      ({ id, verdict, findings }) => blind.has(id) && verdict !== 'skip' && verdict !== 'fail' && findings.length === 0,
    )
    .filter(({ key }) => !refusesAnyway.some(({ match }) => matchesPattern(match, key)))
    .map(show);
}

function onlyValidationSees({ script }: Catalogue['scenarios'][number]): boolean {
  return script.some(({ do: { present = '' } }) => {
    const row = credentials[present];
    return row !== undefined && row.peer !== 'honest' && row.defect !== null && row.defect !== 'key';
  });
}
