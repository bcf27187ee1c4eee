/** Two judges of a certificate that share no code with us, nor with each other: OpenSSL and GnuTLS, by their commands. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Question {
  /** PEM of the only CA to trust. */
  ca: string;
  /** PEM, as sent. */
  chain: string;
  /** Null: the name is not asked for. */
  domain: string | null;
}

export const whyNoOpenssl = whyNot('openssl', ['version'], /^OpenSSL [3-9]/);
export const whyNoCerttool = whyNot('certtool', ['--version'], /^certtool (3\.[6-9]|3\.\d\d|[4-9])/);

const run = promisify(execFile);

/** RFC 9325, section 4.5: RSA keys of 2048 bits, curves of 224, no SHA-1, and no MD5. */
const OPENSSL = ['verify', '-x509_strict', '-auth_level', '2', '-purpose', 'sslserver'];

/** `OK`, or the number of the first error. */
export const opensslVerify = (question: Question): Promise<number | 'OK'> =>
  withFiles(question, async ({ ca, sent }) => {
    const name =
      question.domain === null ? [] : [isIP(question.domain) ? '-verify_ip' : '-verify_hostname', question.domain];
    const { stdout, stderr } = await outputOf('openssl', [
      ...OPENSSL,
      '-CAfile',
      ca,
      '-untrusted',
      sent,
      ...name,
      sent,
    ]);
    const number = /^error (\d+) at/m.exec(stderr)?.[1];
    if (number) return Number(number);
    if (stdout.includes(': OK')) return 'OK';
    throw new Error(`${stdout}${stderr}`);
  });

/** The same strength as above has the name `medium`. */
const CERTTOOL = ['--verify', '--verify-profile', 'medium', '--verify-purpose', '1.3.6.1.5.5.7.3.1'];

/** Whether the chain holds. */
export const certtoolVerify = (question: Question): Promise<boolean> =>
  withFiles(question, async ({ ca, sent }) => {
    const name = question.domain === null ? [] : ['--verify-hostname', question.domain];
    const { stdout, stderr } = await outputOf('certtool', [
      ...CERTTOOL,
      ...['--load-ca-certificate', ca, '--infile', sent],
      ...name,
    ]);
    const output = /^Chain verification output: (Verified|Not verified)\./m.exec(stdout)?.[1];
    // Of what it cannot even read it complains on standard error.
    if (!output && !/error|gnutls_/i.test(stderr)) throw new Error(`${stdout}${stderr}`);
    return output === 'Verified';
  });

async function withFiles<T>(
  { ca, chain }: Question,
  use: (files: { ca: string; sent: string }) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'mallory-pki-'));
  try {
    const files = { ca: join(folder, 'ca.pem'), sent: join(folder, 'sent.pem') };
    await Promise.all([writeFile(files.ca, ca), writeFile(files.sent, chain)]);
    return await use(files);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A refusal is an answer, too. */
async function outputOf(command: string, args: string[]): Promise<{ stdout: string; stderr: string }> {
  try {
    return await run(command, args, { encoding: 'utf8', maxBuffer: 64 * 2 ** 20, timeout: 60_000 });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { stdout, stderr };
  }
}

function whyNot(command: string, args: string[], wanted: RegExp): string | null {
  try {
    const version = execFileSync(command, args, { encoding: 'utf8' });
    return wanted.test(version) ? null : `the command ${command} is ${version.trim().split('\n', 1)}`;
  } catch {
    return `there is no ${command} command on PATH`;
  }
}
