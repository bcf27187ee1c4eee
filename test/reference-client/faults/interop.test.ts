/** Attacks that show good servers that a correct client accepts, and a faulty one refuses. */
import { type Attack, exposed } from './exposed.ts';
import type { interopFaults } from './interop.ts';
import { isRefused, logins } from './outcomes.ts';
import { at, features, IDN, inserting, inTls, later, loss, rewriting } from './settings.ts';

exposed({
  'refuses-new-certificate': [
    { session: 'stay', script: [...loss, ...later({ present: 'valid-renewed' })] },
    (outcome) => logins(outcome) === 1,
  ],
  'no-prefix': [{ script: features({ prefix: { element: 'starttls', prefix: 't' } }) }, isRefused],
  'no-prolog': [{ script: [{ on: 'header', do: { remove: 'prolog' } }] }, isRefused],
  'prolog-exact': [
    {
      script: at('header', { remove: 'prolog', inject: { xml: '<?xml version="1.0"?>\n', before: 'header' } }),
    },
    isRefused,
  ],
  'needs-required': [{ script: features({ remove: 'required' }) }, isRefused],
  'no-xmpp-addr': [{ credential: 'valid-xmppaddr-only' }, isRefused],
  'no-many-names': [{ credential: 'valid-among-1000' }, isRefused],
  'no-empty-subject': [{ credential: 'valid-no-subject' }, isRefused],
  'no-idn': [{ domain: IDN }, isRefused],
  'no-ip-id': [{ domain: '127.8.9.10' }, isRefused],
  'name-case': [{ credential: 'valid-case' }, isRefused],
  'name-cn-only': [{ credential: 'valid-no-cn' }, isRefused],
  'no-ecdsa-in-tls-1.2': [{ versions: { min: 'TLSv1.2', max: 'TLSv1.2' } }, isRefused],
  'needs-whole-elements': [{ script: [{ on: 'features', do: { split: 'each-byte' } }] }, isRefused],
  'one-element-per-segment': [{ script: [{ on: 'header', do: { join: true } }] }, isRefused],
  'needs-extended-master-secret': [
    {
      script: at('tls-handshake', { negotiate: { max: 'TLSv1.2', 'extended-master-secret': false } }),
    },
    isRefused,
  ],
  'needs-alpn': [{ transport: 'direct', script: at('tls-handshake', { negotiate: { alpn: [] } }) }, isRefused],
  'no-renegotiation': [
    { script: [...at('tls-handshake', { negotiate: { max: 'TLSv1.2' } }), ...inTls({ renegotiate: 'valid' })] },
    isRefused,
  ],
  'no-fragments': [{ script: rewriting('TLSv1.3', { fragment: 1 }) }, isRefused],
  'one-message-per-record': [{ script: rewriting('TLSv1.2', { coalesce: true }) }, isRefused],
  'record-version-exact': [{ script: rewriting('TLSv1.3', { 'record-version': 0x0301 }) }, isRefused],
  'one-change-cipher-spec': [
    { script: rewriting('TLSv1.3', { insert: { type: 20, octets: '01', after: 'server-hello' } }) },
    isRefused,
  ],
  'warnings-are-fatal': [
    { script: rewriting('TLSv1.2', { insert: { type: 21, octets: '0170', before: 'server-hello' } }) },
    isRefused,
  ],
  'no-hello-request': [{ script: inserting({ type: 22, octets: '00000000' }) }, isRefused],
  'no-retry': [{ script: at('tls-handshake', { negotiate: { min: 'TLSv1.3', groups: 'P-384' } }) }, isRefused],
  'tls-1.3-only': [{ versions: { min: 'TLSv1.2', max: 'TLSv1.2' } }, isRefused],
  'tls-1.2-only': [{ versions: { min: 'TLSv1.3', max: 'TLSv1.3' } }, isRefused],
  'no-wildcard': [{ credential: 'valid-wildcard' }, isRefused],
  'no-srv-id': [{ credential: 'valid-srv-id-and-dns-id' }, isRefused],
  'no-rsa': [{ credential: 'valid-rsa-2048' }, isRefused],
  'no-long-rsa': [{ credential: 'valid-rsa-4096' }, isRefused],
  'no-p-384': [{ credential: 'valid-p-384' }, isRefused],
  'no-ed25519': [{ credential: 'valid-ed25519' }, isRefused],
  'no-rsa-pss': [{ credential: 'valid-rsa-pss' }, isRefused],
  'no-sha384': [{ credential: 'valid-sha384' }, isRefused],
  'no-intermediate': [{ credential: 'valid-intermediate' }, isRefused],
  'no-rsa-intermediate': [{ credential: 'valid-rsa-intermediate' }, isRefused],
  'one-intermediate-only': [{ credential: 'valid-three-intermediates' }, isRefused],
  'no-path-length': [{ credential: 'valid-path-length' }, isRefused],
  'no-name-constraints': [{ credential: 'valid-name-constraints' }, isRefused],
  'follows-sent-chain': [{ credential: 'valid-cross-signed' }, isRefused],
  'needs-ordered-chain': [{ credential: 'valid-unordered-chain' }, isRefused],
  'needs-eku': [{ credential: 'valid-no-eku' }, isRefused],
  'one-purpose-only': [{ credential: 'valid-eku-both' }, isRefused],
  'needs-key-usage': [{ credential: 'valid-no-key-usage' }, isRefused],
  'no-unknown-extension': [{ credential: 'valid-unknown-extension' }, isRefused],
  'slow-clock': [{ credential: 'valid-just-issued' }, isRefused],
  'no-long-validity': [{ credential: 'valid-ten-years' }, isRefused],
  'no-odd-serial': [{ credential: 'valid-serial-negative' }, isRefused],
  'no-staple': [{ credential: 'valid-staple' }, isRefused],
  'no-must-staple': [{ credential: 'valid-must-staple' }, isRefused],
} satisfies Record<keyof typeof interopFaults, Attack>);
