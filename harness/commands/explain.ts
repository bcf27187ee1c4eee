/** `explain`: one scenario in full, in words. */
import { Command } from 'commander';
import { credentials } from '../../src/pki/credentials/index.ts';
import { OBSERVATIONS } from '../judge/observations.ts';
import { viewOf } from '../judge/view.ts';
import { clauseOf, wrapped } from '../report/citation.ts';
import { visible } from '../report/escape.ts';
import { shellWord } from '../report/rerun.ts';
import type { Catalogue, Requirement } from '../scenario/catalogue.ts';
import { idOfKey } from '../scenario/glob.ts';
import { loadScenarios } from '../scenario/load.ts';
import { NEEDS } from '../scenario/needs.ts';
import { observationNames } from '../scenario/observation-names.ts';
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
    `${id}  (${importance}, ${transports.join(' and ')}${stays})`,
    title,
    '',
    ...indent(wrapped(description, WIDTH)),
    ...(seenIn.length === 0 ? [] : section('Where it went wrong in the wild', seenIn)),
    ...section('What Mallory does', [...offerInWords(scenario), ...givenInWords(scenario), ...scriptInWords(scenario)]),
    ...section('What is wanted of the client', expectedInWords(scenario, requirements)),
    ...section('What has to work first', controlInWords(scenario)),
    ...section('Run just this', [
      `xmpp-mallory run ${shellWord(id)}${scenario.given ? ` --limbo ${shellWord(source)}` : ''} -- COMMAND`,
      '',
      `It stands in ${source}.`,
    ]),
  ]
    .map(visible)
    .join('\n');
}

const WIDTH = 100;

const section = (title: string, lines: string[]) => ['', title, ...indent(lines)];

const indent = (lines: string[]) => lines.map((line) => (line === '' ? '' : `  ${line}`));

/** Only where it is not what a good server offers. */
function offerInWords({ entity, endpoints }: Scenario): string[] {
  const { domain, mechanisms, sasl2, iqAuth, credential, tls } = entity;
  const ways = (phase: 'clear' | 'tls') =>
    [
      mechanisms[phase].length > 0 ? mechanisms[phase].join(', ') : '',
      sasl2[phase].length > 0 ? `SASL2 with ${sasl2[phase].join(', ')}` : '',
      iqAuth[phase] ? 'jabber:iq:auth' : '',
    ]
      .filter(Boolean)
      .join('; ');
  const lines = [
    ...(domain === 'ordinary' ? [] : [`Its domain is of another kind: ${domain}.`]),
    ...(ways('clear') ? [`It offers in clear: ${ways('clear')}.`] : []),
    `It offers inside TLS: ${ways('tls') || 'no way to log in'}.`,
    ...(tls.min === 'TLSv1.2' && tls.max === 'TLSv1.3' ? [] : [`It speaks ${tls.min} to ${tls.max}.`]),
    `It presents: ${credentialInWords(credential)}.`,
    ...Object.entries(endpoints).map(
      ([name, one]) => `It also listens as "${name}", with: ${credentialInWords(one.credential)}.`,
    ),
  ];
  return lines.flatMap((line) => wrapped(line, WIDTH));
}

function givenInWords({ given }: Scenario): string[] {
  if (!given) return [];
  const { domain, trusted, credential, unusable } = given;
  const counted = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
  const line = `The client is told the domain ${domain}, and trusts ${counted(trusted.length, 'CA')} of the suite beside Mallory's. The chain is the suite's, of ${counted(credential.chain.length, 'certificate')}.`;
  return [line, ...(unusable ? [`It is skipped: ${unusable}.`] : [])].flatMap((one) => wrapped(one, WIDTH));
}

const credentialInWords = (name: string) =>
  `${credentials[name]?.title.replace(/\.$/, '') ?? 'a credential'} (${name})`;

const PHASES = { clear: 'in clear', tls: 'inside TLS', authenticated: 'after the login' };

function scriptInWords({ script }: Scenario): string[] {
  if (script.length === 0) return ['It tampers with nothing else.'];
  return script.flatMap((item) => {
    const where = [
      `on ${item.on}`,
      item.in && PHASES[item.in],
      item.connection && `on connection ${String(item.connection).replace('+', ' and all later ones')}`,
      item.at && `at "${item.at}"`,
    ];
    const head = where.filter(Boolean).join(', ');
    const deeds = Object.entries(item.do).map(([name, params]) => `  ${name}${paramsInWords(params)}`);
    return [`${head.charAt(0).toUpperCase()}${head.slice(1)}:`, ...deeds];
  });
}

function paramsInWords(params: unknown): string {
  if (params === true) return '';
  return `: ${typeof params === 'string' ? params.trim() : JSON.stringify(params)}`;
}

function expectedInWords({ expect }: Scenario, requirements: Catalogue['requirements']): string[] {
  const never = Object.entries(expect.never).map(([name, id]) => ({ head: `Never to be seen: ${inWords(name)}`, id }));
  const see = Object.entries(expect.see).map(([key, id]) => ({
    head: `To be seen once the attack has taken place: ${observationNames(key).map(inWords).join(', or ')}`,
    id,
  }));
  const named = [...never, ...see].flatMap(({ head, id }) => [
    ...wrapped(head, WIDTH),
    ...requirementInWords(id, requirements[id]),
  ]);
  return [...named, 'As everywhere: no secret, no login and no stanza in clear, or to a peer that it must not trust.'];
}

/** The sentence that a report would say. */
function inWords(name: string): string {
  const sentence = OBSERVATIONS[name]?.says(viewOf([]), []);
  return sentence === undefined ? name : `"${sentence}" (${name})`;
}

function requirementInWords(id: string, requirement: Requirement | undefined): string[] {
  if (!requirement) return [`  ${id}`];
  const { level, text, checked } = requirement;
  const levels = typeof level === 'string' ? level : Object.entries(level).map(([policy, one]) => `${policy}: ${one}`);
  const head = `${clauseOf(requirement)}, ${[levels].flat().join(', ')}${checked === 'text' ? '' : ', from knowledge'} (${id})`;
  return [head, ...wrapped(text, WIDTH - 4).map((line) => `  ${line}`)].map((line) => `  ${line}`);
}

/** Design, section 2.6. */
function controlInWords(scenario: Scenario): string[] {
  const { entity, endpoints, needs, script, given } = scenario;
  const twin = (name: string) =>
    (name === given?.credential.name ? given.credential.twin : credentials[name]?.twin) ?? name;
  const presented = script.flatMap(({ do: { present } }) => (present === undefined ? [] : [present]));
  const shown = [
    ...new Set([entity.credential, ...presented, ...Object.values(endpoints).map((one) => one.credential)]),
  ];
  const swapped = shown.filter((name) => twin(name) !== name);
  const hasClear = entity.mechanisms.clear.length > 0 || entity.sasl2.clear.length > 0 || entity.iqAuth.clear;
  const sentences = [
    'The same session without the attack, in which the client has to get online; otherwise nothing is said about it.',
    ...swapped.map((name) => `In place of ${name}: ${credentialInWords(twin(name))}.`),
    ...(hasClear ? ['What is offered in clear is offered inside TLS instead, and nothing else.'] : []),
    ...needs.map((need) => `Also, the client ${NEEDS[need as keyof typeof NEEDS] ?? need}.`),
  ];
  return sentences.flatMap((sentence) => wrapped(sentence, WIDTH));
}
