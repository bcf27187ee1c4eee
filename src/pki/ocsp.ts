/** OCSP responses (RFC 6960, section 4.2.1), as a server staples them (RFC 6066, section 8), right or wrong. */
import { createHash } from 'node:crypto';
import { type Issuer, serialOf } from './certificate.ts';
import {
  enumerated,
  generalizedTime,
  integer,
  nothing,
  octetString,
  oid,
  sequence,
  tagged,
  taggedOctets,
} from './der.ts';
import { signed } from './signature.ts';

export interface StapleFields {
  /** DER of the certificate that it is about. */
  leafDer: Buffer;
  /** Who issued that certificate. */
  issuer: Issuer;
  /** Who signs and says so; default: the issuer. */
  signer?: Issuer;
  status: 'good' | 'revoked';
  thisUpdate: Date;
  nextUpdate: Date;
  /** Default: the leaf's. */
  serial?: Buffer;
}

/** Returns an OCSPResponse with one SingleResponse. */
export function ocspResponse({ leafDer, issuer, signer = issuer, ...fields }: StapleFields): Buffer {
  const certId = sequence(
    sequence(oid(SHA_1), nothing()),
    octetString(sha1(issuer.name)),
    // SHA-1 of the bits of the key, which is what the key identifier is, too.
    octetString(issuer.keyId),
    fields.serial ?? serialOf(leafDer),
  );
  const single = sequence(
    certId,
    fields.status === 'good' ? taggedOctets(0, Buffer.alloc(0)) : tagged(1, generalizedTime(fields.thisUpdate)),
    generalizedTime(fields.thisUpdate),
    tagged(0, generalizedTime(fields.nextUpdate)),
  );
  const responseData = sequence(
    // By name: GnuTLS finds no trusted signer by its key identifier.
    tagged(1, signer.name),
    generalizedTime(fields.thisUpdate),
    sequence(single),
  );
  const basic = signed(responseData, signer.key);
  return sequence(enumerated(SUCCESSFUL), tagged(0, sequence(oid(BASIC_RESPONSE), octetString(basic))));
}

/** The only hash that every client knows here. A name, not a protection. */
const SHA_1 = '1.3.14.3.2.26';
const BASIC_RESPONSE = '1.3.6.1.5.5.7.48.1.1';
const SUCCESSFUL = 0;

const sha1 = (octets: Buffer) => createHash('sha1').update(octets).digest();

/** For a serial number that is not the certificate's. */
export const otherSerial = (): Buffer => integer(Buffer.from('5eed5eed5eed5eed5eed5eed5eed5eed', 'hex'));
