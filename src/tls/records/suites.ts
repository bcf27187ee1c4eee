/** The cipher suites that a forged flight selects, by how keys are agreed and what signs them. */
import type { Offer } from './offer.ts';

export type Exchange = 'ecdhe' | 'dhe' | 'rsa';
export type KeyType = 'ec' | 'rsa';

/** Best first; those behind are hardly ever offered, and so there is always one that is not. */
const SUITES: Record<Exchange, Record<KeyType, number[]>> = {
  ecdhe: {
    ec: [0xc02b, 0xc02c, 0xcca9, 0xc023, 0xc024, 0xc009, 0xc00a, 0xc0ac, 0xc0ae, 0xc072, 0xc05c],
    rsa: [0xc02f, 0xc030, 0xcca8, 0xc027, 0xc028, 0xc013, 0xc014, 0xc076, 0xc060],
  },
  dhe: { ec: [], rsa: [0x009e, 0x009f, 0xccaa, 0x0067, 0x006b, 0x0033, 0x0039, 0xc09e, 0xc0a2, 0x0045, 0xc052] },
  rsa: { ec: [], rsa: [0x009c, 0x009d, 0x003c, 0x003d, 0x002f, 0x0035, 0xc09c, 0xc0a0, 0x0041, 0xc050] },
};

/** Those of TLS 1.3 (RFC 8446, appendix B.4). */
const SUITES_1_3 = [0x1301, 0x1302, 0x1303, 0x1304, 0x1305];

/** Suites of these need something newer than SSL 3.0 to TLS 1.1: AEAD and SHA-256. */
const OLD_ENOUGH = [0xc009, 0xc00a, 0xc013, 0xc014, 0x0033, 0x0039, 0x002f, 0x0035];

export interface Wanted {
  exchange: Exchange;
  keyType: KeyType;
  /** What the ServerHello will say. */
  version: number;
}

/** The best that the client offers. */
export function offeredSuite(offer: Offer, { exchange, keyType, version }: Wanted): number | undefined {
  const list = SUITES[exchange][keyType];
  const fitting = version < 0x0303 ? list.filter((suite) => OLD_ENOUGH.includes(suite)) : list;
  // An old version is seldom offered together with its suites: what is asked is whether the version is taken.
  return fitting.find((suite) => offer.suites.includes(suite)) ?? list.find((suite) => offer.suites.includes(suite));
}

export const unofferedSuite = (offer: Offer, { exchange, keyType }: Wanted): number | undefined =>
  SUITES[exchange][keyType].find((suite) => !offer.suites.includes(suite));

export const offeredSuites13 = (offer: Offer): number[] => SUITES_1_3.filter((suite) => offer.suites.includes(suite));

export const unofferedSuite13 = (offer: Offer): number | undefined =>
  SUITES_1_3.find((suite) => !offer.suites.includes(suite));
