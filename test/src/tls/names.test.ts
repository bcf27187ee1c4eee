import test from 'ava';
import { cipherSuiteName, extensionName, groupName, signatureSchemeName, versionName } from '../../../src/tls/names.ts';

test('code points have names', (t) => {
  t.is(versionName(0x0304), 'TLSv1.3');
  t.is(cipherSuiteName(0xc02b), 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256');
  t.is(groupName(29), 'x25519');
  t.is(signatureSchemeName(0x0403), 'ecdsa_secp256r1_sha256');
  t.is(extensionName(23), 'extended_master_secret');
  t.deepEqual([versionName(0x7f1c), cipherSuiteName(0xfe), groupName(99)], ['0x7f1c', '0x00fe', '0x0063']);
});
