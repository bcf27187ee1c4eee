/** Attacks that show what a client accepts in a handshake, and behind it. */
import type { Forgery } from '../../../src/tls/records/forgery.ts';
import type { Outcome, Setting } from '../support.ts';
import { type Attack, exposed } from './exposed.ts';
import { givesAwayInClear, records } from './outcomes.ts';
import { at, inserting, inTls, rewriting } from './settings.ts';
import type { tlsFaults } from './tls.ts';

const sends = (name: string) => (outcome: Outcome) =>
  outcome.observations.some((o) => o.type === 'record' && o.name === name);

const forged = (forge: Forgery): Setting => ({ script: at('tls-handshake', { forge }) });

const awaited = ({ observations }: Outcome) => observations.flatMap((o) => (o.type === 'forged' ? [o.awaits] : []));

const accepts = (outcome: Outcome) => records(outcome).some(({ name }) => awaited(outcome).includes(name));

exposed({
  'tls-1.0': [{ script: at('tls-handshake', { negotiate: { min: 'TLSv1', max: 'TLSv1' } }) }],
  'tls-1.1': [{ script: at('tls-handshake', { negotiate: { min: 'TLSv1.1', max: 'TLSv1.1' } }) }],
  anonymous: [{ script: at('tls-handshake', { negotiate: { ciphers: 'aNULL', max: 'TLSv1.2' } }) }],
  'null-suite': [{ script: at('tls-handshake', { negotiate: { ciphers: 'eNULL', max: 'TLSv1.2' } }) }],
  'static-rsa': [{ credential: 'valid-rsa-2048', script: at('tls-handshake', { negotiate: { ciphers: 'kRSA' } }) }],
  dhe: [
    {
      credential: 'valid-rsa-2048',
      script: at('tls-handshake', { negotiate: { ciphers: 'DHE+AESGCM', 'dh-bits': 2048 } }),
    },
  ],
  'dhe-1024': [
    {
      credential: 'valid-rsa-2048',
      script: at('tls-handshake', { negotiate: { ciphers: 'DHE+AESGCM', 'dh-bits': 1024 } }),
    },
  ],
  cbc: [{ script: at('tls-handshake', { negotiate: { ciphers: 'ECDHE+AES:!AESGCM:!AESCCM' } }) }],
  'sha1-signature': [
    { script: at('tls-handshake', { negotiate: { max: 'TLSv1.2', 'signature-algorithms': 'ECDSA+SHA1' } }) },
  ],
  'renegotiates-to-any-certificate': [
    { script: [...at('tls-handshake', { negotiate: { max: 'TLSv1.2' } }), ...inTls({ renegotiate: 'unknown-ca' })] },
  ],
  'clear-after-close-notify': [{ script: inTls({ drop: true, 'end-tls': 'in-clear' }) }, givesAwayInClear],
  'ignores-tls-errors': [{ script: at('tls-handshake', { rewrite: { hide: 43 } }) }, sends('client-key-exchange')],
  'ignores-tls-alerts': [{ script: inserting({ type: 21, octets: '0228' }) }],
  'ignores-empty-records': [{ script: inserting({ type: 22, octets: '', times: 1_000 }) }],
  'ignores-change-cipher-specs': [
    { script: rewriting('TLSv1.3', { insert: { type: 20, octets: '01', times: 1_000, after: 'server-hello' } }) },
  ],
  'ignores-unprotected-records': [
    { script: [{ on: 'header', in: 'tls', do: { record: { type: 21, octets: '015a' } } }] },
  ],
  'ignores-unknown-records': [{ script: inserting({ type: 99, octets: '00' }) }],
  'ignores-early-change-cipher-spec': [{ script: inserting({ type: 20, octets: '01' }) }],
  'answers-heartbeats': [{ script: inserting({ type: 24, octets: '014000' }) }, sends('heartbeat')],
  'takes-long-records': [{ script: inserting({ type: 22, octets: '00000000', repeat: 4_600 }) }],
  'no-renegotiation-info': [{ script: rewriting('TLSv1.2', { strip: 0xff01 }) }, sends('client-key-exchange')],
  'tls-takes-any-version': [forged({ version: 0x0300 }), accepts],
  'tls-takes-ssl-2': [forged({ 'ssl-2': true }), accepts],
  'tls-takes-any-suite': [forged({ suite: 'unoffered' }), accepts],
  'tls-offers-weak-suites': [forged({ suite: 0xc007 }), accepts],
  'tls-takes-compression': [forged({ compression: 1 }), accepts],
  'tls-takes-any-session-id': [forged({ 'session-id': 'too-long' }), accepts],
  'tls-takes-any-extension': [forged({ extension: { type: 16, data: '0003026832' } }), accepts],
  'tls-takes-any-alpn': [{ ...forged({ extension: { type: 16, data: '0003026832' } }), transport: 'direct' }, accepts],
  'tls-ignores-renegotiation-info': [forged({ 'renegotiation-info': 'missing' }), accepts],
  'tls-ignores-sentinel': [forged({ sentinel: 'TLSv1.2' }), accepts],
  'tls-takes-any-group': [forged({ group: 'unoffered' }), accepts],
  'tls-takes-any-point': [forged({ curve: 'secp256r1', point: 'off-curve' }), accepts],
  'tls-takes-weak-dh': [{ ...forged({ exchange: 'dhe', dh: '1024-bit' }), credential: 'valid-rsa-2048' }, accepts],
  'tls-takes-export-key': [
    { ...forged({ exchange: 'rsa', 'export-key': true }), credential: 'valid-rsa-2048' },
    accepts,
  ],
  'tls-skips-key-signature': [forged({ signature: 'corrupt' }), accepts],
  'tls-takes-any-signature-algorithm': [forged({ signature: 'sha1' }), accepts],
  'tls-skips-messages': [forged({ omit: 'server-key-exchange' }), accepts],
  'tls-takes-any-certificate': [forged({ certificate: 'garbage' }), accepts],
  'tls-takes-any-psk': [forged({ flight: 'TLSv1.3', extension: { type: 41, data: '0007', only: 'offered' } }), accepts],
  'tls-skips-finished': [forged({ flight: 'TLSv1.3', finished: 'corrupt' }), accepts],
  'tls-takes-any-retry': [forged({ retry: 'unoffered-group' }), accepts],
} satisfies Record<keyof typeof tlsFaults, Attack>);
