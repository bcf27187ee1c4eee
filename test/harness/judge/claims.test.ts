import test from 'ava';
import { CLAIMS } from '../../../harness/judge/claims.ts';
import { viewOf } from '../../../harness/judge/view.ts';
import type { Claim, Happening } from '../../../src/transcript.ts';
import { exit, login, on, type Step, transcript } from './transcripts.ts';

const A = 'aa'.repeat(32);
const B = 'bb'.repeat(32);

/** A session with this certificate. */
const session = (connection: number, certificateSha256: string): Step[] =>
  (login(connection) as Happening[]).map((step) =>
    step.type === 'handshake' ? { ...step, cipher: 'TLS_AES_128_GCM_SHA256', certificateSha256 } : step,
  );
const says = (tls: Claim['tls'], result?: Claim['result']): Happening => ({
  layer: 'process',
  type: 'claim',
  claim: { ...(result && { result }), tls },
});
const refused = [on(3).connected(), on(3).hello(), on(3).flight('untrusted'), on(3).closed()];

const rows: [string, Step[], string[]][] = [
  ['the truth', [...session(1, A), says({ version: 'TLSv1.3', certificate_sha256: A, verified_by: 'PKIX' })], []],
  [
    'a fingerprint with colons',
    [...session(1, A), says({ certificate_sha256: A.toUpperCase().replace(/..(?=.)/g, '$&:') })],
    [],
  ],
  ['another version', [...session(1, A), says({ version: 'TLS 1.2' })], ['claimed-other-tls']],
  ['a version in words of its own', [...session(1, A), says({ version: 'the best' })], []],
  ['another suite', [...session(1, A), says({ cipher: 'TLS_AES_256_GCM_SHA384' })], ['claimed-other-tls']],
  ["a suite in OpenSSL's words", [...session(1, A), says({ cipher: 'ECDHE-RSA-AES256-GCM-SHA384' })], []],
  ['another certificate', [...session(1, A), says({ certificate_sha256: B })], ['claimed-other-certificate']],
  [
    'a certificate that it may have seen and refused',
    [...session(1, A), ...refused, says({ certificate_sha256: B })],
    [],
  ],
  ['a certificate, and there was no TLS at all', [says({ certificate_sha256: B, version: 'TLSv1.2' })], []],
  ['verified with DANE', [...session(1, A), says({ verified_by: 'DANE' })], ['claimed-other-verification']],
  ['changed, and it has', [...session(1, A), ...session(2, B), says({ certificate_changed: true })], []],
  [
    'changed, and it has not',
    [...session(1, A), ...session(2, A), says({ certificate_changed: true })],
    ['claimed-certificate-changed'],
  ],
  ['changed, where it refused another', [...session(1, A), ...refused, says({ certificate_changed: true })], []],
  [
    'unchanged, and it is',
    [...session(1, A), ...session(2, A), says({ certificate_changed: false, certificate_sha256: A })],
    [],
  ],
  [
    'unchanged, and this one is new',
    [...session(1, A), ...session(2, B), says({ certificate_changed: false, certificate_sha256: B })],
    ['claimed-certificate-unchanged'],
  ],
  [
    'unchanged, of the one before: it comes late',
    [...session(1, A), ...session(2, B), says({ certificate_changed: false, certificate_sha256: A })],
    [],
  ],
  ['unchanged, of which is not said', [...session(1, A), ...session(2, B), says({ certificate_changed: false })], []],
  [
    'unchanged, the last of as many claims as sessions',
    [...session(1, A), says({ certificate_changed: false }), ...session(2, B), says({ certificate_changed: false })],
    ['claimed-certificate-unchanged'],
  ],
  [
    'unchanged the second time',
    [...session(1, A), ...session(2, B), ...session(3, B), says({ certificate_changed: false, certificate_sha256: B })],
    [],
  ],
  ['online, and it was not', [on(1).connected(), on(1).closed(), says({}, 'online')], ['claimed-online']],
];

for (const [title, steps, want] of rows) {
  test(`it claims: ${title}`, (t) => {
    const view = viewOf(transcript(steps, [exit(0)]));
    const found = Object.entries(CLAIMS).flatMap(([code, rule]) => (rule.find(view).length > 0 ? [code] : []));
    t.deepEqual(found, want);
  });
}
