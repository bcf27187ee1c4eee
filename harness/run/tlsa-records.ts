/** What the domain of a session says of its certificates in DNS, where its scenario has it say anything (DANE). */
import type { Interceptor } from '../../src/interceptor/interceptor.ts';
import { isData, readTlsaWords, tlsaFor } from '../../src/services/dns/tlsa.ts';
import type { ResolvedEntity } from '../scenario/scenario.ts';
import type { Found } from './server-names.ts';

export async function daneOf(
  { dane, credential }: Pick<ResolvedEntity, 'dane' | 'credential'>,
  interceptor: Pick<Interceptor, 'credential'>,
): Promise<Found['dane']> {
  if (dane === null) return null;
  const data = dane.tlsa.map(async (text) => {
    const words = readTlsaWords(text);
    if (words === null || isData(words)) return text;
    return tlsaFor(words, (await interceptor.credential(words.of ?? credential)).chain);
  });
  return { tlsa: await Promise.all(data), insecure: dane.insecure };
}
