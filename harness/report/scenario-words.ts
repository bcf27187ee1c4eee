/** A scenario in words: what Mallory does in it, what is wanted of the client, and what has to work first. */
import { credentials } from '../../src/pki/credentials/index.ts';
import { CALLS } from '../../src/services/call.ts';
import { POSH_DOCUMENTS } from '../../src/services/posh.ts';
import { OBSERVATIONS } from '../judge/observations.ts';
import { viewOf } from '../judge/view.ts';
import { NEEDS } from '../scenario/needs.ts';
import { observationNames } from '../scenario/observation-names.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** What Mallory offers, and whom the client is told to trust: only where it is not what a good server has. */
export function serverInWords(scenario: Scenario): string[] {
  return [...offerInWords(scenario), ...givenInWords(scenario)];
}

function offerInWords(scenario: Scenario): string[] {
  const { entity, endpoints } = scenario;
  const { domain, mechanisms, sasl2, iqAuth, dialback, bidi, credential, tls } = entity;
  const ways = (phase: 'clear' | 'tls') =>
    [
      mechanisms[phase].length > 0 ? mechanisms[phase].join(', ') : '',
      sasl2[phase].length > 0 ? `SASL2 with ${sasl2[phase].join(', ')}` : '',
      iqAuth[phase] ? 'jabber:iq:auth' : '',
      dialback[phase] ? 'Server Dialback' : '',
      bidi[phase] ? 'bidirectional streams' : '',
    ]
      .filter(Boolean)
      .join('; ');
  return [
    ...(domain === 'ordinary' ? [] : [`Its domain is of another kind: ${domain}.`]),
    ...(ways('clear') ? [`It offers in clear: ${ways('clear')}.`] : []),
    `It offers inside TLS: ${ways('tls') || 'no way to log in'}.`,
    ...(tls.min === 'TLSv1.2' && tls.max === 'TLSv1.3' ? [] : [`It speaks ${tls.min} to ${tls.max}.`]),
    `It presents: ${credentialInWords(credential)}.`,
    ...Object.entries(endpoints).map(([name, one]) =>
      one.refuses
        ? `Nobody listens at "${name}".`
        : `It also listens as "${name}"${one.transport ? ` (${one.transport})` : ''}, with: ${credentialInWords(one.credential)}.`,
    ),
    ...betweenServersInWords(scenario),
  ];
}

function betweenServersInWords({ entity: { posh, secondDomain, call }, needs }: Scenario): string[] {
  const calls = needs.includes('s2s-listener');
  const told = calls ? '' : '; once a stanza to the first was accepted, the server is told to send there, too';
  return [
    ...(posh === null ? [] : [`Its document over HTTPS (POSH) ${POSH_DOCUMENTS[posh].title}.`]),
    ...(secondDomain ? [`A second domain is at the same host and port${told}.`] : []),
    ...(calls ? [`Mallory opens a stream to the server in the name of the domain, and ${CALLS[call].title}.`] : []),
  ];
}

function givenInWords({ given }: Scenario): string[] {
  if (!given) return [];
  const { domain, trusted, credential, unusable } = given;
  const counted = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
  const line = `The client is told the domain ${domain}, and trusts ${counted(trusted.length, 'CA')} of the suite beside Mallory's. The chain is the suite's, of ${counted(credential.chain.length, 'certificate')}.`;
  return [line, ...(unusable ? [`It is skipped: ${unusable}.`] : [])];
}

const credentialInWords = (name: string) =>
  `${credentials[name]?.title.replace(/\.$/, '') ?? 'a credential'} (${name})`;

const PHASES = { clear: 'in clear', tls: 'inside TLS', authenticated: 'after the login' };

/** The tampering, item by item: where, and indented below it what. */
export function scriptInWords({ script }: Scenario): string[] {
  if (script.length === 0) return ['It tampers with nothing else.'];
  return script.flatMap((item) => {
    const where = [
      `on ${item.on}`,
      item.in && PHASES[item.in],
      item.connection && `on connection ${String(item.connection).replace('+', ' and all later ones')}`,
      item.at && `at "${item.at}"`,
    ];
    const head = where.filter(Boolean).join(', ');
    const deeds = Object.entries(item.do).map(([name, params]) => `  ${deedInWords(name, params)}`);
    return [`${head.charAt(0).toUpperCase()}${head.slice(1)}:`, ...deeds];
  });
}

/** One action with its parameters: `remove: starttls`. */
export function deedInWords(name: string, params: unknown): string {
  if (params === true) return name;
  return `${name}: ${typeof params === 'string' ? params.trim() : JSON.stringify(params)}`;
}

export interface Expected {
  sentence: string;
  /** An id of `requirements.yaml`. */
  requirement: string;
}

export function expectedInWords({ expect }: Scenario): Expected[] {
  return [
    ...Object.entries(expect.never).map(([name, requirement]) => ({
      sentence: `Never to be seen: ${inWords(name)}`,
      requirement,
    })),
    ...Object.entries(expect.see).map(([key, requirement]) => ({
      sentence: `To be seen once the attack has taken place: ${observationNames(key).map(inWords).join(', or ')}`,
      requirement,
    })),
  ];
}

/** Holds in every scenario and every control, without being named. */
export const EVERYWHERE =
  'As everywhere: no secret, no login and no stanza in clear, or to a peer that it must not trust.';

/** The sentence that a report would say. */
function inWords(name: string): string {
  const sentence = OBSERVATIONS[name]?.says(viewOf([]), []);
  return sentence === undefined ? name : `"${sentence}" (${name})`;
}

/** The control of it (design, section 2.6). */
export function controlInWords(scenario: Scenario): string[] {
  const { entity, endpoints, needs, script, given } = scenario;
  const twin = (name: string) =>
    (name === given?.credential.name ? given.credential.twin : credentials[name]?.twin) ?? name;
  const presented = script.flatMap(({ do: { present } }) => (present === undefined ? [] : [present]));
  const shown = [
    ...new Set([entity.credential, ...presented, ...Object.values(endpoints).map((one) => one.credential)]),
  ];
  const swapped = shown.filter((name) => twin(name) !== name);
  const hasClear =
    entity.mechanisms.clear.length > 0 || entity.sasl2.clear.length > 0 || entity.iqAuth.clear || entity.dialback.clear;
  return [
    'The same session without the attack, in which the client has to get online; otherwise nothing is said about it.',
    ...swapped.map((name) => `In place of ${name}: ${credentialInWords(twin(name))}.`),
    ...(hasClear ? ['What is offered in clear is offered inside TLS instead, and nothing else.'] : []),
    ...(entity.secondDomain && !needs.includes('s2s-listener')
      ? ['What is presented is good for both domains, and a stanza has to come for each.']
      : []),
    ...(CALLS[entity.call].honest === entity.call
      ? []
      : [`Mallory comes, and ${CALLS[CALLS[entity.call].honest].title}; that has to be taken.`]),
    ...needs.map((need) => `Also, the client ${NEEDS[need as keyof typeof NEEDS] ?? need}.`),
  ];
}
