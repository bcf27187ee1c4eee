/** What the documents say of commands, options, files and scenarios is true. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { matchesPattern } from '../../harness/scenario/glob.ts';
import { loadScenarios } from '../../harness/scenario/load.ts';
import { keysOf } from '../../harness/scenario/select.ts';
import { commands } from './commands.ts';
import { codeBlocks, documentPaths, inlineCode, ROOT, read, withoutBlocks } from './documents.ts';
import { masked, regenerated } from './generated.ts';

const OWN_OPTIONS = commands.flatMap((command) => command.options.map(({ long }) => long));
/** Of npm, git and the like, and of programs that stand for the reader's. */
const OTHER_OPTIONS =
  /^--(global|no-install|exact|list|test-threads|test|save-dev|import|watch|server|jid|password|ca|measure|build-arg)$/;

const texts = await Promise.all((await documentPaths()).map(async (path) => ({ path, text: await read(path) })));
const catalogue = await loadScenarios();
const keys = keysOf(catalogue);
const FAMILIES = [...new Set(catalogue.scenarios.map(({ id }) => id.split('/', 1)[0]))].join('|');
const SCENARIO = new RegExp(String.raw`(?<![\w/-])(?:${FAMILIES})/[a-z0-9.*-]+(?:\[[\w,]+\])?(?!\.ya?ml|[\w/])`, 'g');

const isPlaceholder = (path: string) => /[A-Z]{3,}|\*/.test(path.replace(/README|CONTRIBUTING|SECURITY|CHANGELOG/, ''));

for (const { path, text } of texts) {
  test(`${path}: the generated parts are fresh (npm run docs)`, async (t) => {
    t.is(masked(await regenerated(text)), masked(text));
  });

  test(`${path}: what it links to is there`, (t) => {
    const links = [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    for (const link of links.filter((one) => !one.startsWith('https://'))) {
      const [file = '', anchor] = link.split('#');
      t.true(existsSync(join(ROOT, dirname(path), file)), link);
      t.is(anchor, undefined, 'headings change');
    }
    t.pass();
  });

  test(`${path}: the files that it names are there`, (t) => {
    const paths = inlineCode(text).filter((word) =>
      /^(src|harness|scenarios|test|docs|\.ci|\.github)\/\S+$/.test(word),
    );
    for (const one of paths.filter((word) => !isPlaceholder(word) && word !== 'docs/results.md'))
      t.true(existsSync(join(ROOT, one)), one);
    t.pass();
  });

  test(`${path}: the scenarios that it names are there`, (t) => {
    for (const [name] of text.matchAll(SCENARIO))
      t.true(
        keys.some((key) => matchesPattern(name, key)),
        name,
      );
    t.pass();
  });

  test(`${path}: its command lines are right`, (t) => {
    for (const words of commandLines(text)) {
      const [name = '', ...rest] = words;
      if (name === 'LANGUAGE' || name.startsWith('-')) continue;
      const command = commands.find((one) => one.name() === name);
      t.truthy(command, `xmpp-mallory ${name}`);
      for (const option of optionsIn(rest))
        t.true(
          command?.options.some(({ long }) => long === option),
          `xmpp-mallory ${name} ${option}`,
        );
    }
    for (const option of optionsIn(inlineCode(text).flatMap((code) => code.split(' '))))
      t.true(OWN_OPTIONS.includes(option) || OTHER_OPTIONS.test(option), option);
    t.pass();
  });
}

/** The words after `xmpp-mallory`, up to those of the client's command. */
function commandLines(markdown: string): string[][] {
  const lines = [...codeBlocks(markdown).flatMap(({ text }) => text.split('\n')), ...inlineCode(markdown)];
  return lines.flatMap((line) => {
    const [, words] = /(?<![\w/"'-])xmpp-mallory ([a-z-].*)$/.exec(line) ?? [];
    return words
      ? [
          words
            .split(/ -- | #/, 1)
            .join()
            .split(/\s+/),
        ]
      : [];
  });
}

function optionsIn(words: string[]): string[] {
  return words.filter((word) => /^--[a-z]/.test(word)).map((word) => word.replace(/[=.,;:].*$/, ''));
}
