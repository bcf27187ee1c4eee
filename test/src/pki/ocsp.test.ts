/** What OpenSSL and GnuTLS, which share no code with us, make of the OCSP responses that the credentials staple. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { createAuthority } from '../../../src/pki/authority.ts';
import { issue } from '../../../src/pki/issue.ts';
import { whyNoCerttool, whyNoOpenssl } from './tools.ts';

const domain = 'k3v9q.im.xmpp.test';
const authority = await createAuthority();

const expected: Record<string, RegExp> = {
  'valid-staple': /^Response verify OK[\s\S]*: good/m,
  'valid-must-staple': /^Response verify OK[\s\S]*: good/m,
  'staple-revoked': /^Response verify OK[\s\S]*: revoked/m,
  'staple-expired': /^Response verify OK[\s\S]*status expired[\s\S]*^good/m,
  'staple-wrong-signer': /^Response Verify Failure/m,
  'staple-other-serial': /^Response verify OK[\s\S]*No Status found/m,
  'staple-garbage': /Error reading OCSP response|Responder Error/,
};

for (const [name, says] of Object.entries(expected)) {
  test(`openssl ocsp: ${name}`, async (t) => {
    if (whyNoOpenssl) {
      t.log(`skipped: ${whyNoOpenssl}`);
      return t.pass();
    }
    const { chain, staple = Buffer.alloc(0) } = await issue(authority, name, { domain });
    const folder = await mkdtemp(join(tmpdir(), 'mallory-ocsp-'));
    const file = (base: string) => join(folder, base);
    try {
      await writeFile(file('ca.pem'), authority.caPem);
      await writeFile(file('leaf.pem'), chain);
      await writeFile(file('staple.der'), staple);
      const output = await new Promise<string>((resolve) => {
        const about = ['-issuer', file('ca.pem'), '-cert', file('leaf.pem'), '-CAfile', file('ca.pem')];
        execFile('openssl', ['ocsp', '-respin', file('staple.der'), ...about], (_error, stdout, stderr) =>
          resolve(`${stderr}\n${stdout}`),
        );
      });
      t.regex(output, says);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}

test('ocsptool: GnuTLS finds the signer of a good one among its trusted CAs', async (t) => {
  if (whyNoCerttool) {
    t.log(`skipped: ${whyNoCerttool}`);
    return t.pass();
  }
  const { staple = Buffer.alloc(0) } = await issue(authority, 'valid-staple', { domain });
  const folder = await mkdtemp(join(tmpdir(), 'mallory-ocsp-'));
  try {
    const files = { ca: join(folder, 'ca.pem'), staple: join(folder, 'staple.der') };
    await Promise.all([writeFile(files.ca, authority.caPem), writeFile(files.staple, staple)]);
    const output = await new Promise<string>((resolve) => {
      const args = ['--verify-response', '--load-trust', files.ca, '--load-response', files.staple];
      execFile('ocsptool', args, (_error, stdout, stderr) => resolve(`${stderr}\n${stdout}`));
    });
    t.regex(output, /Verifying OCSP Response: Success/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
