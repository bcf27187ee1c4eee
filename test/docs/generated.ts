/** The parts of the documents that are made from the code: between `<!-- generated: NAME -->` and `<!-- end -->`. */
import { execFile } from 'node:child_process';
import { extname, join } from 'node:path';
import * as z from 'zod';
import { driverTemplates } from '../../harness/commands/drivers/index.ts';
import { OBSERVATIONS } from '../../harness/judge/observations.ts';
import { viewOf } from '../../harness/judge/view.ts';
import { NEEDS } from '../../harness/scenario/needs.ts';
import { credentials } from '../../src/pki/credentials/index.ts';
import { type ActionName, actions } from '../../src/script/actions/index.ts';
import { POINTS, STREAM_POINTS } from '../../src/script/points.ts';
import { CALLS } from '../../src/services/call.ts';
import { POSH_DOCUMENTS } from '../../src/services/posh.ts';
import { coreSummary, curve } from '../core/curve.ts';
import { readMatrix } from '../core/matrix.ts';
import { ROOT, read } from './documents.ts';

const PART = /(<!-- generated: (.+?) -->\n)[\s\S]*?(<!-- end -->)/g;

/** The document with all its generated parts as they should be. */
export async function regenerated(markdown: string): Promise<string> {
  const parts = await Promise.all([...markdown.matchAll(PART)].map(([, , name = '']) => part(name)));
  return markdown.replace(PART, (_, begin: string, __, end: string) => `${begin}\n${parts.shift()}\n\n${end}`);
}

/** In the output of a run, secrets, seeds and times are different each time, and what still came after the first proof. */
export const masked = (markdown: string) =>
  markdown
    .replace(/^ *(client -> <response|user-\w+ is logged in) .*\n/gm, '')
    .replace(/[A-Za-z0-9+/]{40,}={0,2}/g, '...')
    .replace(/user-[0-9a-f]{4}/g, 'user-...')
    .replace(/seed [0-9a-f]+/g, 'seed ...')
    .replace(/in \d+\.\d s$/gm, 'in ...');

function part(name: string): Promise<string> | string {
  const [, kind = '', word = ''] = /^(\S+) ?(.*)$/.exec(name) ?? [];
  const make = makers[kind];
  if (!make) throw new Error(`Nothing knows how to generate "${name}". There are: ${Object.keys(makers).join(', ')}`);
  return make(word);
}

const makers: Record<string, (word: string) => Promise<string> | string> = {
  actions: () => actionTable(),
  forgery: () => {
    const { properties = {} } = z.toJSONSchema(actions.forge.params(z), { io: 'input' }) as Schema;
    const rows = Object.entries(properties).map(([name, schema]) => [
      code(name),
      code(typeText(schema)),
      schema.description ?? '',
    ]);
    return table(['field', 'value', 'what is forged'], rows);
  },
  observations: () =>
    table(
      ['observation', 'what the client did', ''],
      Object.entries(OBSERVATIONS).map(([name, { says, never }]) => [
        code(name),
        says(viewOf([]), []),
        never ? 'never right' : '',
      ]),
    ),
  needs: () =>
    table(
      ['need', 'the client'],
      Object.entries(NEEDS).map(([name, text]) => [code(name), text]),
    ),
  calls: () =>
    table(
      ['`entity.call`', 'Mallory ...'],
      Object.entries(CALLS).map(([name, { title }]) => [code(name), title]),
    ),
  posh: () =>
    table(
      ['`entity.posh`', 'its document'],
      Object.entries(POSH_DOCUMENTS).map(([name, { title }]) => [code(name), title]),
    ),
  core: async () => block('', curve(await readMatrix())),
  'core-summary': async () => coreSummary(await readMatrix()),
  credentials: () =>
    table(
      ['credential', 'peer', 'what it is', 'twin'],
      Object.values(credentials).map(({ name, peer, title, twin }) => [
        code(name),
        peer,
        title,
        twin ? code(twin) : '',
      ]),
    ),
  file: async (path) => block(LANGUAGES[extname(path)] ?? '', await read(path)),
  output,
  init: (language) => block(language === 'shell' ? 'sh' : language, driverTemplates[language]?.text ?? ''),
};

/** What a command line prints. */
function output(words: string): Promise<string> {
  const cli = join(ROOT, 'harness/cli.ts');
  const env = { ...process.env, NO_COLOR: '1' };
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [`--import=${import.meta.resolve('tsx')}`, cli, ...words.split(' ')],
      { env },
      (_, stdout, stderr) => {
        if (stdout) resolve(block('', `$ xmpp-mallory ${words}\n${stdout}`));
        else reject(new Error(stderr));
      },
    );
  });
}

const LANGUAGES: Record<string, string> = { '.mjs': 'js', '.yaml': 'yaml', '.yml': 'yaml' };

const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``;
const block = (language: string, text: string) => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

/** Bars would end a cell, angle brackets would be HTML. */
const cell = (text: string) =>
  text.startsWith('`') ? text : text.replaceAll('|', '\\|').replace(/<(?=[/\w])/g, '&lt;');

function table(head: string[], rows: string[][]): string {
  const lines = [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))];
  return lines.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

async function actionTable(): Promise<string> {
  const rows = Object.keys(actions).map(async (name) => {
    const { points, params } = actions[name as ActionName];
    const shape = typeText(z.toJSONSchema(params(z), { io: 'input' }) as Schema);
    return [code(name), code(shape), pointsInWords(points), await comment(name)];
  });
  return table(['action', 'value', 'on', 'what it does'], await Promise.all(rows));
}

function pointsInWords(points: readonly string[]): string {
  const missing = STREAM_POINTS.filter((point) => !points.includes(point));
  if (missing.length === 0) return 'any point';
  if (missing.length < points.length) return `any but ${missing.map(code).join(', ')}`;
  return points.map(code).join(', ');
}

/** The comment above an action says what it does; nobody should have to say it twice. */
async function comment(name: string): Promise<string> {
  const source = await read(`src/script/actions/${name}.ts`);
  const [, text = ''] = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport const \w+ = defineAction/.exec(source) ?? [];
  if (!text.trim()) throw new Error(`The action "${name}" has no comment that says what it does`);
  return text
    .replace(/^\s*\* ?/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** As much of JSON Schema as the parameters of the actions need. */
interface Schema {
  title?: string;
  description?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
}

function typeText(schema: Schema): string {
  const { title, type, enum: values, anyOf, items, properties, required = [], additionalProperties } = schema;
  if (schema.const !== undefined) return String(schema.const);
  if (title) return title;
  if (values)
    return values.every((value) => POINTS.includes(value as never)) && values.length > 6 ? 'point' : values.join(' | ');
  if (anyOf) return anyOf.map(typeText).join(' | ');
  if (items) return `[${typeText(items)}, ...]`;
  if (properties) {
    const fields = Object.entries(properties).map(
      ([key, value]) => `${key}${required.includes(key) ? '' : '?'}: ${typeText(value)}`,
    );
    return `{ ${fields.join(', ')} }`;
  }
  if (typeof additionalProperties === 'object') return `{ NAME: ${typeText(additionalProperties)}, ... }`;
  return [type ?? []]
    .flat()
    .map((name) => TYPES[name] ?? name)
    .join(' | ');
}

const TYPES: Record<string, string> = { string: 'text', integer: 'number' };
