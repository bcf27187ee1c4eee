import test from 'ava';
import { startExchange } from '../../../src/sasl/exchange.ts';
import { account, tls } from './fixtures.ts';

interface Vector {
  title: string;
  mechanism: string;
  password?: string;
  gs2Header?: string;
  clientNonce: string;
  serverNonce: string;
  salt: string;
  channelBinding: string;
  proof: string;
  verifier: string;
}

const rfc7677 = {
  clientNonce: 'rOprNGfwEbeRWgbNEkqO',
  serverNonce: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
  salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
  channelBinding: 'biws',
};

/** Those without an RFC were made with scramp 1.4.17, a client and server of its own, from the nonces of RFC 7677. */
const vectors: Vector[] = [
  {
    title: 'RFC 5802, section 5',
    mechanism: 'SCRAM-SHA-1',
    clientNonce: 'fyko+d2lbbFgONRv9qkxdawL',
    serverNonce: '3rfcNHYJY1ZVvWVs7j',
    salt: 'QSXCR+Q6sek8bf92',
    channelBinding: 'biws',
    proof: 'v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    verifier: 'rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  },
  {
    title: 'RFC 7677, section 3',
    mechanism: 'SCRAM-SHA-256',
    ...rfc7677,
    proof: 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    verifier: '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
  {
    title: 'SHA-512',
    mechanism: 'SCRAM-SHA-512',
    ...rfc7677,
    proof: 'gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN8PPC6wdp6dybEmDYXYTxwnYPJQ==',
    verifier: 'ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4+5ZxXnJq199RVG2rR7N7Zw==',
  },
  {
    title: 'SHA-1, tls-unique',
    mechanism: 'SCRAM-SHA-1-PLUS',
    gs2Header: 'p=tls-unique,,',
    ...rfc7677,
    channelBinding: 'cD10bHMtdW5pcXVlLCxkZWZnaGlqa2xtbm8=',
    proof: 'oEnE4mAy1HeRnvenptcT8AYeulQ=',
    verifier: 'l6Unh2h2/RTBFhryKhAQnKQP4lk=',
  },
  {
    title: 'SHA-256, tls-exporter',
    mechanism: 'SCRAM-SHA-256-PLUS',
    gs2Header: 'p=tls-exporter,,',
    ...rfc7677,
    channelBinding: 'cD10bHMtZXhwb3J0ZXIsLAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f',
    proof: 'QC6CS20quADQRb3mT99YUH+n3VJxUvzuK0K0E1Vrs2M=',
    verifier: '2GiAgapEppLVlUXbxUDksL3VgYHzuqiK5tR4mhJGgvs=',
  },
  {
    title: 'SHA-512, tls-server-end-point',
    mechanism: 'SCRAM-SHA-512-PLUS',
    gs2Header: 'p=tls-server-end-point,,',
    ...rfc7677,
    channelBinding: 'cD10bHMtc2VydmVyLWVuZC1wb2ludCwsA9Zt0Ig1wco/EozOrNHzGslBYwlrIPRFroQoW8CDLXI=',
    proof: 'DpRAOogVdtivvQG+/JsZ1Cp2youMpCUZxn8FoGX06QWOBr25Bw6UoNBi8hIoXuAPDWGT/YDed10IS0wcKeTQVw==',
    verifier: '4aJhtP6D/RNfXcUkkZnokyabsTx7shzYXfcRz4JpZclvY5Wd84KfOa5W0fvAx72jRKoz3I8hW93orpFsjJ8T3g==',
  },
  {
    title: 'a password that differs in NFC and NFKC (RFC 5802, section 3)',
    mechanism: 'SCRAM-SHA-256',
    password: 'p\u00bd\u00b4\u2168',
    ...rfc7677,
    proof: 'pOykYmKVSzb9eKLakuo3k0vMPmIOhpH10K4xxV49vvc=',
    verifier: 'SyKOCMUy5mvqDCX0zi5ZV9fkyb4Spfdz10B6sdY3Nlc=',
  },
];

for (const vector of vectors) {
  const { mechanism, gs2Header = 'n,,', clientNonce, serverNonce, salt, proof, verifier } = vector;
  test(`${vector.title}: the published messages, octet for octet`, (t) => {
    const exchange = startExchange(
      mechanism,
      { ...account, password: vector.password ?? account.password },
      { offered: [mechanism], channelBinding: tls, salt: Buffer.from(salt, 'base64'), serverNonce },
    );
    const nonce = clientNonce + serverNonce;
    t.deepEqual(exchange?.respond(Buffer.from(`${gs2Header}n=user,r=${clientNonce}`)), {
      type: 'challenge',
      data: Buffer.from(`r=${nonce},s=${salt},i=4096`),
    });
    t.deepEqual(exchange?.respond(Buffer.from(`c=${vector.channelBinding},r=${nonce},p=${proof}`)), {
      type: 'success',
      data: Buffer.from(`v=${verifier}`),
      user: 'user',
      authzid: null,
    });
  });
}

test('XEP-0474, section 5.3: the hash of what was offered', (t) => {
  const offered = ['SCRAM-SHA-1-PLUS', 'SCRAM-SHA-1'];
  const protects = { mechanisms: offered, types: ['tls-server-end-point', 'tls-exporter'] };
  const exchange = startExchange('SCRAM-SHA-1', account, { offered, channelBinding: null, protects });
  const step = exchange?.respond(Buffer.from('n,,n=juliet,r=abc'));
  t.regex(step?.type === 'challenge' ? step.data.toString() : '', /,h=G6k\/rBLDqgOhRRaCuuatSDFkJ08=$/);
});
