/** A clause that a client is held to, as a report cites it. */
import type { Requirement } from '../scenario/catalogue.ts';
import { visible } from './escape.ts';

/** The clause in words with its source, or the bare id where the catalogue is not at hand. */
export function citation(id: string, requirements: Readonly<Record<string, Requirement>>): string[] {
  const requirement = Object.hasOwn(requirements, id) ? requirements[id] : undefined;
  if (!requirement) return [`wanted: ${visible(id)}`];
  return wrapped(`wanted: ${visible(requirement.text)} (${clauseOf(requirement)}; ${visible(id)})`, 110);
}

/** `RFC 7590, section 3.1`. */
export function clauseOf({ source, section }: Requirement): string {
  return visible(section === '' ? source : `${source}, section ${section}`);
}

/** Where the clause can be read. */
export function clauseUri({ source, section }: Requirement): string {
  const [, rfc] = /^RFC (\d+)$/.exec(source) ?? [];
  if (rfc !== undefined) {
    const anchor = /^[A-Z]/.test(section) ? `appendix-${section}` : `section-${section}`;
    return `https://www.rfc-editor.org/rfc/rfc${rfc}${section === '' ? '' : `#${encodeURIComponent(anchor)}`}`;
  }
  const [, xep] = /^XEP-(\d{4})$/.exec(source) ?? [];
  if (xep !== undefined) return `https://xmpp.org/extensions/xep-${xep}.html`;
  return OTHERS[source] ?? 'https://www.rfc-editor.org/info/bcp195';
}

const OTHERS: Record<string, string> = {
  'CA/Browser Forum Baseline Requirements':
    'https://cabforum.org/working-groups/server/baseline-requirements/requirements/',
  'x509-limbo': 'https://x509-limbo.com/',
};

/** Lines of at most `width` characters, broken at blanks. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return line === '' ? lines : [...lines, line];
}
