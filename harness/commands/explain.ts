/** `explain`: one scenario in full, in words. */
import { Command } from 'commander';
import type { Transport } from '../../src/transcript.ts';
import { clauseOf, wrapped } from '../report/citation.ts';
import { visible } from '../report/escape.ts';
import { ladderText } from '../report/ladder-text.ts';
import { plannedLadder } from '../report/planned-ladder.ts';
import { shellWord } from '../report/rerun.ts';
import { controlInWords, EVERYWHERE, expectedInWords, scriptInWords, serverInWords } from '../report/scenario-words.ts';
import type { Catalogue, Requirement } from '../scenario/catalogue.ts';
import { idOfKey } from '../scenario/glob.ts';
import { loadScenarios } from '../scenario/load.ts';
import { BadInput } from '../scenario/problem.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { noMatch } from '../scenario/select.ts';
import { collect } from './arguments.ts';
import { print } from './terminal.ts';

export function explainCommand(): Command {
  return new Command('explain')
    .description('what a scenario does, what it wants of a client and why')
    .argument('<id>', "such as certificate/expired; or a known case, such as CVE-2016-10027 or 'profanity #905'")
    .option('--scenarios <dir>', 'also the scenarios of this folder (repeatable)', collect)
    .option('--limbo <file>', 'the cases of this x509-limbo suite (repeatable)', collect)
    .action(explain);
}

async function explain(word: string, options: { scenarios?: string[]; limbo?: string[] }): Promise<void> {
  const catalogue = await loadScenarios({ dirs: options.scenarios, limbo: options.limbo });
  const scenario = catalogue.scenarios.find(({ id }) => id === idOfKey(word));
  const [only, ...more] = scenario ? [scenario] : knownAs(word, catalogue);
  if (!only) throw new BadInput(noMatch(word, catalogue));
  await print(more.length === 0 ? explanation(only, catalogue) : reenactments(word, [only, ...more]));
}

/** The scenarios that re-enact what is known by this name. */
function knownAs(word: string, { scenarios }: Catalogue): Scenario[] {
  const wanted = word.toLowerCase().split(/\s+/).filter(Boolean);
  return scenarios.filter(({ seenIn }) =>
    seenIn.some((where) => wanted.length > 0 && wanted.every((part) => hasWord(where.toLowerCase(), part))),
  );
}

/** `#36` is not in `#360`. */
const hasWord = (text: string, part: string) => text.split(/[\s,();/]+/).includes(part);

function reenactments(word: string, scenarios: Scenario[]): string {
  const width = Math.max(...scenarios.map(({ id }) => id.length));
  const lines = scenarios.map(({ id, title }) => `  ${id.padEnd(width)}  ${title}`);
  return [`${word} is re-enacted by`, ...lines, '', 'More of each: xmpp-mallory explain ID'].map(visible).join('\n');
}

function explanation(scenario: Scenario, { requirements }: Catalogue): string {
  const { id, title, description, importance, transports, session, seenIn, source } = scenario;
  const stays = session === 'stay' ? ', over several logins' : '';
  return [
    `${id}  (${importance}, ${transports.join(' and ')}${stays}${forWhom(scenario)})`,
    title,
    '',
    ...indent(wrapped(description, WIDTH)),
    ...(seenIn.length === 0 ? [] : section('Where it went wrong in the wild', seenIn)),
    ...section('What Mallory does', [...wrap(serverInWords(scenario)), ...scriptInWords(scenario)]),
    ...transports.flatMap((transport) =>
      section(`What would happen over ${WAYS[transport]}`, ladder(scenario, transport)),
    ),
    ...section('What is wanted of the client', wanted(scenario, requirements)),
    ...section('What has to work first', wrap(controlInWords(scenario))),
    ...section('Run just this', [
      `xmpp-mallory run ${shellWord(id)}${scenario.namespaces.includes('jabber:client') ? '' : ' --s2s'}${scenario.given ? ` --limbo ${shellWord(source)}` : ''} -- COMMAND`,
      '',
      `It stands in ${source}.`,
    ]),
  ]
    .map(visible)
    .join('\n');
}

/** Clients need not be named. */
function forWhom({ namespaces }: Scenario): string {
  if (!namespaces.includes('jabber:server')) return '';
  return namespaces.includes('jabber:client') ? ', for servers too' : ', for servers that open streams';
}

const WIDTH = 100;

const WAYS = { starttls: 'STARTTLS', direct: 'direct TLS' };

/** On a terminal it keeps to its width: a ladder whose lines wrap is none. Some terminals say that they have 0 columns. */
function ladder(scenario: Scenario, transport: Transport): string[] {
  const width = Math.min((process.stdout.columns || WIDTH) - 1, WIDTH) - 2;
  return [
    ...wrapped(
      'A client that did whatever it is asked; at each "!" Mallory tampers, and what comes then is for the client to show.',
      width,
    ),
    ...ladderText(plannedLadder(scenario, transport), width),
  ];
}

const section = (title: string, lines: string[]) => ['', title, ...indent(lines)];

const indent = (lines: string[]) => lines.map((line) => (line === '' ? '' : `  ${line}`));

const wrap = (sentences: string[]) => sentences.flatMap((sentence) => wrapped(sentence, WIDTH));

function wanted(scenario: Scenario, requirements: Catalogue['requirements']): string[] {
  const named = expectedInWords(scenario).flatMap(({ sentence, requirement }) => [
    ...wrapped(sentence, WIDTH),
    ...requirementInWords(requirement, requirements[requirement]),
  ]);
  return [...named, EVERYWHERE];
}

function requirementInWords(id: string, requirement: Requirement | undefined): string[] {
  if (!requirement) return [`  ${id}`];
  const { level, text, checked } = requirement;
  const levels = typeof level === 'string' ? level : Object.entries(level).map(([policy, one]) => `${policy}: ${one}`);
  const head = `${clauseOf(requirement)}, ${[levels].flat().join(', ')}${checked === 'text' ? '' : ', from knowledge'} (${id})`;
  return [head, ...wrapped(text, WIDTH - 4).map((line) => `  ${line}`)].map((line) => `  ${line}`);
}
