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

export const LIBRARIES: Library[] = [
  {
    name: 'node tls',
    command: [process.execPath, beside('node-tls.mjs')],
    probe: [process.execPath, '--version'],
    known: [],
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
    known: [{ match: 'interop/split-*', reason: NO_BUFFER }],
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
