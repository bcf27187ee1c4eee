/** Credentials that were made elsewhere: a key and a chain in PEM, presented exactly as they are. */
import { createHash } from 'node:crypto';
import type { CredentialRow, Issued } from './credentials/row.ts';

/** A row like those of the credential table, for a chain that is not minted here. */
export interface GivenCredential extends Pick<CredentialRow, 'name' | 'title' | 'peer'> {
  /** The credential of the table that its control presents. */
  twin: string;
  /** PEM. */
  key: string;
  /** PEM, the leaf first; each is sent, in this order. */
  chain: string[];
}

export function givenCredential({ key, chain, ...row }: GivenCredential): CredentialRow {
  return { ...row, defect: null, mint: () => issuedAsGiven(key, chain) };
}

/** Not parsed, for much of what is interesting cannot be: whether OpenSSL serves it is seen when it is to. */
function issuedAsGiven(key: string, chain: string[]): Issued {
  const ders = chain.map(derOf);
  const [leafDer = Buffer.alloc(0)] = ders;
  return {
    key,
    chain: chain.map((one) => `${one.trim()}\n`).join(''),
    leafDer,
    sha256: createHash('sha256').update(leafDer).digest('hex'),
    flightBytes: ders.reduce((sum, der) => sum + der.length, 0),
  };
}

const derOf = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]*-----/g, ''), 'base64');
