/** Names that stand near a domain of at least three labels, and addresses it may be reached at. */
import { domainToASCII, domainToUnicode } from 'node:url';

/** `b.c` for `a.b.c`. */
export const parentOf = (domain: string) => domain.split('.').slice(1).join('.');

/** `a` for `a.b.c`. */
export const firstLabelOf = (domain: string) => domain.split('.', 1).join();

/** `other.b.c` for `a.b.c`: another customer of the same provider. */
export const siblingOf = (domain: string) => `other.${parentOf(domain)}`;

/** The A-labels of a name that looks the same, or nearly so; the one letter is Hungarian or Cyrillic. */
export function lookAlikeOf(domain: string): string {
  const looksLike: Record<string, string> = {
    ...{ '\u00fc': '\u0171' },
    ...{ a: '\u0430', c: '\u0441', e: '\u0435', o: '\u043e', p: '\u0440', x: '\u0445' },
  };
  return domainToASCII(domainToUnicode(domain).replace(/[\u00fcaceopx]/, (letter) => looksLike[letter] ?? letter));
}

/** What belongs to somebody else altogether. */
export const STRANGER = 'mallory.test';

/** The machine that hosts a domain: the target of its SRV record. */
export const HOSTING = 'xmpp1.hosting.test';
