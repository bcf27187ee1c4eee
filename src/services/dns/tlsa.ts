/** TLSA records (RFC 6698) for what is presented in TLS. */
import { createHash, X509Certificate } from 'node:crypto';

/** `USAGE SELECTOR MATCHING`, and then the data in hexadecimal digits, or the name of a credential that they are of. */
export interface TlsaWords {
  usage: number;
  selector: number;
  matchingType: number;
  of: string | null;
}

/** Null for what is not written like this. */
export function readTlsaWords(text: string): TlsaWords | null {
  const [, usage, selector, matchingType, of = null] = /^(\d{1,3}) (\d{1,3}) (\d{1,3})(?: (\S+))?$/.exec(text) ?? [];
  const words = { usage: Number(usage), selector: Number(selector), matchingType: Number(matchingType), of };
  return [words.usage, words.selector, words.matchingType].every((number) => number <= 255) ? words : null;
}

/** Whether the data follow from a certificate: the numbers are those of RFC 6698, section 7. */
export const isComputable = ({ usage, selector, matchingType }: TlsaWords) =>
  usage <= 3 && selector <= 1 && matchingType <= 2;

/** No credential has such a name: each holds a letter or a hyphen that is no digit. */
export const isData = ({ of }: TlsaWords) => of !== null && /^(?:[0-9a-f]{2})+$/i.test(of);

/**
 * The data of the record, as in a zone file. Usages 0 and 2 are about the certificate that is sent last, 1 and 3 about the
 * first (section 2.1.1).
 *
 * @param chain PEM, as it is sent
 * @throws RangeError for numbers that nobody has assigned
 */
export function tlsaFor(words: TlsaWords, chain: string): string {
  if (!isComputable(words)) throw new RangeError('Nobody knows what the data of this record are.');
  const { usage, selector, matchingType } = words;
  const sent = chain.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  const certificate = new X509Certificate((usage % 2 === 0 ? sent.at(-1) : sent[0]) ?? '');
  const octets = selector === 0 ? certificate.raw : certificate.publicKey.export({ type: 'spki', format: 'der' });
  const data =
    matchingType === 0
      ? octets
      : createHash(matchingType === 1 ? 'sha256' : 'sha512')
          .update(octets)
          .digest();
  return `${usage} ${selector} ${matchingType} ${data.toString('hex')}`;
}
