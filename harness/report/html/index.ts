/**
 * The HTML report: one file that loads nothing. What clients said is packed and only ever becomes text; the policy of the
 * page lets no script run but its own, and no text become markup.
 */
import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type { Reports } from '../../result.ts';
import { clauseOf } from '../citation.ts';
import { jsonText, visible } from '../escape.ts';
import type { ReportContext } from '../reporter.ts';
import { expectedInWords } from '../scenario-words.ts';
import { type Markup, html as markup } from './markup.ts';
import type { Index } from './model.ts';
import { pageFiles } from './page-files.ts';
import { clientName, detailsOf, rowsOf, type TableRow } from './rows.ts';
import { findings, header } from './static.ts';

/** Rows in one block: what is unpacked at a time. More are packed better, fewer are there sooner. */
const PER_BLOCK = 16;

export async function html(reports: Reports, context: ReportContext): Promise<string> {
  const { script, style } = await pageFiles();
  const rows = rowsOf(reports);
  const [first] = reports;
  const title = reports.length === 1 ? clientName(first) : `${reports.length} clients`;
  const policy = [
    "default-src 'none'",
    `script-src ${[MARK_SCRIPT, script].map(source).join(' ')}`,
    `style-src ${source(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title} · xmpp-mallory</title>
<style>${own(style)}</style><script>${own(MARK_SCRIPT)}</script></head>
<body>${header(reports)}
<main>
<div id="app"></div>
${findings(rows, reports, context)}
</main>
<script type="application/json" id="index">${asData(indexOf(reports, rows, context))}</script>
${blocksOf(rows, context)}
<script>${own(script)}</script>
</body></html>
`.markup;
}

/** Before anything is drawn: what is for browsers without a script is not even laid out. */
const MARK_SCRIPT = "document.documentElement.classList.add('js')";

/** Ours, and hashed. It must not hold `</script`; that of esbuild does not. */
const own = (text: string): Markup => ({ markup: text });

const source = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** JSON that ends no script element: what is read is the same. */
const asData = (value: unknown): Markup => ({ markup: jsonText(value).replaceAll('<', '\\u003c') });

function indexOf(reports: Reports, rows: readonly TableRow[], context: ReportContext): Index {
  const cited = rows.flatMap(({ results }) => {
    const scenario = context.scenarios.find(({ id }) => id === results.find((one) => one !== null)?.id);
    const wanted = scenario ? expectedInWords(scenario).map(({ requirement }) => requirement) : [];
    return [...wanted, ...results.flatMap((one) => one?.findings.map(({ requirement }) => requirement) ?? [])];
  });
  const known = [...new Set(cited)].flatMap((id) => {
    const requirement = Object.hasOwn(context.requirements, id) ? context.requirements[id] : undefined;
    return requirement ? [[id, { clause: clauseOf(requirement), text: visible(requirement.text) }] as const] : [];
  });
  return {
    clients: distinct(reports.map(clientName)),
    relayed: reports.map(({ relayed }) => relayed),
    rows: rows.map(({ row }) => row),
    perBlock: PER_BLOCK,
    requirements: Object.fromEntries(known),
  };
}

/** Two columns may have one name, and still be different commands. */
const distinct = (names: string[]) =>
  names.map((name, at) => (names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (${at + 1})`));

function blocksOf(rows: readonly TableRow[], context: ReportContext): Markup[] {
  const count = Math.ceil(rows.length / PER_BLOCK);
  return Array.from({ length: count }, (_, number) => {
    const details = rows.slice(number * PER_BLOCK, (number + 1) * PER_BLOCK).map((row) => detailsOf(row, context));
    const packed = deflateRawSync(JSON.stringify(details), { level: 9 }).toString('base64');
    return markup`<script type="text/plain" id="block-${number}">${packed}</script>\n`;
  });
}
