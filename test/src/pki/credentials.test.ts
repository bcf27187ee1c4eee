/** Every credential is wrong in the one thing that its row says, as OpenSSL sees it. */
import { X509Certificate } from 'node:crypto';
import test from 'ava';
import { createAuthority } from '../../../src/pki/authority.ts';
import { DAY } from '../../../src/pki/certificate.ts';
import { credential, credentials } from '../../../src/pki/credentials/index.ts';
import { issue } from '../../../src/pki/issue.ts';
import { exampleDomain } from './example-domain.ts';
import { opensslVerify, whyNoOpenssl } from './tools.ts';

const domain = 'k3v9q.im.xmpp.test';
const authority = await createAuthority();

/** What each is minted for here: the domain, or one of the kind that it is about. */
const domainOf = (name: string) => exampleDomain(credential(name)) ?? domain;

/**
 * That OpenSSL refuses a defect is no proof that it is the one that was meant: this is why, by its number of error. It
 * takes names by RFC 6125, so it accepts those that are only `weak`, and knows no SRV-ID.
 */
const MISMATCH = 62;
const MISMATCH_IP = 64;
const UNTRUSTED_LEAF = 18;
const UNTRUSTED_ROOT = 19;
const NO_ISSUER = 20;
const WRONG_PURPOSE = 26;
const EXPIRED = 10;
const NOT_YET = 9;
const NO_CA = 79;
const BAD_SIGNATURE = 7;
const UNKNOWN_CRITICAL = 34;
const PATH_TOO_LONG = 25;
const NOT_PERMITTED = 47;
const EXCLUDED = 48;
const UNKNOWN_CONSTRAINT = 51;
const CHAIN_TOO_LONG = 22;
const expected: Record<string, number | 'OK'> = {
  valid: 'OK',
  'valid-renewed': 'OK',
  'valid-rsa-4096': 'OK',
  'valid-p-384': 'OK',
  'valid-ed25519': 'OK',
  'valid-rsa-pss': 'OK',
  'valid-sha384': 'OK',
  'valid-rsa-intermediate': 'OK',
  'valid-no-eku': 'OK',
  'valid-eku-both': 'OK',
  'valid-no-key-usage': 'OK',
  'valid-unknown-extension': 'OK',
  'valid-just-issued': 'OK',
  'valid-ten-years': 'OK',
  'valid-extra-certificates': 'OK',
  'valid-serial-zero': 'OK',
  'valid-serial-negative': 'OK',
  'valid-three-intermediates': 'OK',
  'valid-path-length': 'OK',
  'valid-name-constraints': 'OK',
  'valid-cross-signed': 'OK',
  'valid-unordered-chain': 'OK',
  'valid-staple': 'OK',
  'valid-must-staple': 'OK',
  'valid-no-cn': 'OK',
  'valid-rsa-2048': 'OK',
  'valid-case': 'OK',
  'valid-intermediate': 'OK',
  'valid-wildcard': 'OK',
  'valid-srv-id-and-dns-id': 'OK',
  'valid-srv-id-only': MISMATCH,
  'trusted-mitm': 'OK',
  'valid-other-cn': 'OK',
  'valid-second-domain': 'OK',
  'valid-no-subject': 'OK',
  'valid-among-1000': 'OK',
  'valid-among-10000': 'OK',
  'valid-xmppaddr-only': MISMATCH,
  'valid-dialled-address': 'OK',
  'self-signed': UNTRUSTED_LEAF,
  'self-signed-proved': UNTRUSTED_LEAF,
  'self-signed-doubtful': UNTRUSTED_LEAF,
  'stranger-expired-proved': UNTRUSTED_LEAF,
  'private-ca-proved': UNTRUSTED_ROOT,
  'private-ca-wrong-name': UNTRUSTED_ROOT,
  'private-ca-expired': UNTRUSTED_ROOT,
  'private-ca-not-issuer': UNTRUSTED_LEAF,
  'target-name-proved': MISMATCH,
  misissued: 'OK',
  'valid-host-too': 'OK',
  'self-signed-ca': UNTRUSTED_LEAF,
  'unknown-ca': UNTRUSTED_ROOT,
  'same-name-ca': UNTRUSTED_ROOT,
  'bad-signature': BAD_SIGNATURE,
  'missing-intermediate': NO_ISSUER,
  'intermediate-expired': EXPIRED,
  'intermediate-not-ca': NO_CA,
  'leaf-as-ca': NO_CA,
  'intermediate-no-constraints': NO_CA,
  'intermediate-version-1': NO_CA,
  'intermediate-no-cert-sign': NO_CA,
  'intermediate-critical-unknown': UNKNOWN_CRITICAL,
  'path-too-long': PATH_TOO_LONG,
  'intermediate-bad-signature': BAD_SIGNATURE,
  'name-constraints-permitted': NOT_PERMITTED,
  'name-constraints-excluded': EXCLUDED,
  'name-constraints-srv': UNKNOWN_CONSTRAINT,
  'name-constraints-common-name': NOT_PERMITTED,
  'cyclic-chain': NO_ISSUER,
  'deep-chain': CHAIN_TOO_LONG,
  'cross-signed-maze': NO_ISSUER,
  'huge-chain': UNTRUSTED_ROOT,
  'name-constraints-explosion': EXCLUDED,
  expired: EXPIRED,
  inverted: NOT_YET,
  'expired-1963': EXPIRED,
  'not-yet-valid': NOT_YET,
  'wrong-eku-client': WRONG_PURPOSE,
  'wrong-eku-code-signing': WRONG_PURPOSE,
  'wrong-eku-email': WRONG_PURPOSE,
  'intermediate-wrong-eku': WRONG_PURPOSE,
  'no-digital-signature': 'OK',
  'critical-unknown': UNKNOWN_CRITICAL,
  'rsa-512': 66,
  'rsa-768': 66,
  'rsa-1024': 66,
  'rsa-2047': 'OK',
  'rsa-exponent-1': 'OK',
  'rsa-exponent-3': 'OK',
  'rsa-1024-intermediate': 67,
  'p-192': 66,
  'p-224': 'OK',
  'explicit-curve': 94,
  dsa: 'OK',
  'md5-signature': 68,
  'sha1-signature': 68,
  'sha1-intermediate': 68,
  'duplicate-extension': NO_ISSUER,
  'signature-algorithm-mismatch': 78,
  'version-4': 'OK',
  'version-1-with-extensions': 93,
  'empty-issuer': 83,
  'extension-garbage': NO_ISSUER,
  'extension-trailing': 'OK',
  'staple-revoked': 'OK',
  'staple-expired': 'OK',
  'staple-wrong-signer': 'OK',
  'staple-other-serial': 'OK',
  'staple-garbage': 'OK',
  'must-staple-without': 'OK',
  'wrong-name': MISMATCH,
  'valid-for-elsewhere': MISMATCH,
  'host-name-only': MISMATCH,
  'parent-name': MISMATCH,
  'sibling-name': MISMATCH,
  'child-name': MISMATCH,
  'prefix-name': MISMATCH,
  'suffix-name': MISMATCH,
  'dialled-address-only': MISMATCH,
  'ip-address-only': MISMATCH,
  'cn-only': 'OK',
  'cn-with-other-san': MISMATCH,
  'two-cns-with-other-san': MISMATCH,
  'cn-with-other-srv-id': 'OK',
  'cn-inside-organisation': MISMATCH,
  'leading-dot': MISMATCH,
  'localpart-name': MISMATCH,
  'look-alike-name': MISMATCH,
  'list-in-san': MISMATCH,
  'empty-san': MISMATCH,
  'trailing-dot': MISMATCH,
  'u-label-in-san': MISMATCH,
  'among-1000': MISMATCH,
  'among-10000': MISMATCH,
  'srv-id-wildcard': MISMATCH,
  'nul-in-srv-id': MISMATCH,
  'nul-in-xmppaddr': MISMATCH,
  'xmppaddr-wrong-domain': MISMATCH,
  'email-only': MISMATCH,
  'ip-as-dns-id': MISMATCH_IP,
  'no-names': MISMATCH,
  'nul-in-san': MISMATCH,
  'nul-in-cn': MISMATCH,
  'srv-id-wrong-service': MISMATCH,
  'srv-id-wrong-domain': MISMATCH,
  'xmppaddr-user': MISMATCH,
  'uri-only': MISMATCH,
  'wildcard-bare': MISMATCH,
  'wildcard-two-labels': MISMATCH,
  'wildcard-apex': MISMATCH,
  'wildcard-middle': MISMATCH,
  'wildcard-double': MISMATCH,
  'wildcard-tld': MISMATCH,
  'wildcard-partial': 'OK',
  'wildcard-partial-beginning': 'OK',
  'wildcard-partial-middle': MISMATCH,
  'wildcard-a-label': MISMATCH,
};

test('the expectations are complete', (t) => {
  t.deepEqual(Object.keys(expected).sort(), Object.keys(credentials).sort());
});

for (const [name, result] of Object.entries(expected)) {
  test(`openssl verify: ${name}`, async (t) => {
    if (whyNoOpenssl) {
      t.log(`skipped: ${whyNoOpenssl}`);
      return t.pass();
    }
    const domain = domainOf(name);
    const { chain } = await issue(authority, name, { domain });
    const ca = authority.caPem;
    t.is(await opensslVerify({ ca, chain, domain }), result);
    // Where the name is the defect there is no other: without it all is well.
    if (result === MISMATCH || result === MISMATCH_IP) t.is(await opensslVerify({ ca, chain, domain: null }), 'OK');
  });
}

/** The last because the root itself is in it, which a library has made. */
const ODD_SERIAL = ['valid-serial-zero', 'valid-serial-negative', 'valid-extra-certificates'];
const UPSIDE_DOWN = ['inverted', 'expired-1963'];

for (const row of Object.values(credentials)) {
  test(`the row of ${row.name} is sound`, async (t) => {
    t.regex(row.name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    t.is(row.defect === null, row.peer === 'honest' || row.peer === 'trusted-mitm');
    t.is(row.defect === null, row.twin === null);
    if (row.twin === null) return;
    t.is(credential(row.twin).peer, 'honest');
    t.is(credential(row.twin).needs, row.needs);
  });

  test(`${row.name} is well formed`, async (t) => {
    const { chain, leafDer, flightBytes, sha256 } = await issue(authority, row.name, { domain: domainOf(row.name) });
    const sent = (chain.match(/-----BEGIN[\s\S]*?END CERTIFICATE-----/g) ?? []).map((pem) => new X509Certificate(pem));
    const [leaf] = sent;
    t.deepEqual(leaf?.raw, leafDer);
    t.is(
      flightBytes,
      sent.reduce((sum, { raw }) => sum + raw.length, 0),
    );
    t.is(leaf?.fingerprint256.replaceAll(':', '').toLowerCase(), sha256);
    for (const { serialNumber, validFrom, validTo } of sent) {
      if (!ODD_SERIAL.includes(row.name)) t.regex(serialNumber, /^[4-7][0-9A-F]{31}$/);
      t.is(Date.parse(validFrom) < Date.parse(validTo), !UPSIDE_DOWN.includes(row.name));
    }
    const days = leaf ? (Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)) / DAY : 0;
    t.is(days < 398, row.name !== 'valid-ten-years');
  });
}
