/**
 * What would happen in a scenario, as a ladder: the login of a client that does all that it is asked to, and where on its
 * way Mallory tampers. From the scenario alone; `html/ladder.ts` is the same of what has happened, in the same words.
 */
import { credentials } from '../../src/pki/credentials/index.ts';
import type { Point } from '../../src/script/points.ts';
import { firstConnection, type ScriptItem } from '../../src/script/script.ts';
import type { Phase, Transport } from '../../src/transcript.ts';
import { isForServersOnly } from '../scenario/resolve.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { askedRungs, callPart, isCall, secondDomainRungs } from './planned-servers.ts';
import { deedInWords } from './scenario-words.ts';

export interface Rung {
  /** Null: nobody says anything. */
  from: 'client' | 'mallory' | null;
  protection: 'clear' | 'handshake' | 'tls';
  text: string;
  /** What Mallory would not do if it were a good server, in words. */
  tampered: string[];
}

export interface Part {
  /** Null for the first connection. */
  title: string | null;
  rungs: Rung[];
}

/** The first connection in whole; of others, and of other endpoints, only where Mallory tampers there. */
export function plannedLadder(scenario: Scenario, transport: Transport): Part[] {
  const places = new Map<string | null, ScriptItem[]>([[null, []]]);
  for (const item of scenario.script) {
    const title = titleOf(item);
    places.set(title, [...(places.get(title) ?? []), item]);
  }
  const parts = [...places].map(([title, items]) => {
    const rungs = tamperedWith(session(scenario, transport), items);
    if (title === null) return { title, rungs: [...rungs, ...secondDomainRungs(scenario)] };
    return { title, rungs: rungs.filter(({ tampered }) => tampered.length > 0) };
  });
  if (!isCall(scenario)) return parts;
  const [own, ...others] = places;
  const asked = tamperedWith(opening(scenario, transport), own?.[1] ?? []);
  return [
    { ...callPart(scenario), title: null },
    { title: 'where the server looks for the domain', rungs: [...asked, ...askedRungs(scenario)] },
    ...parts.filter(({ title }) => others.some(([other]) => other === title)),
  ];
}

function titleOf(item: ScriptItem): string | null {
  const where = [
    ...(item.at === undefined ? [] : [`at "${item.at}"`]),
    ...(firstConnection(item) > 1
      ? [`on connection ${String(item.connection).replace('+', ' and all later ones')}`]
      : []),
  ];
  return where.length > 0 ? where.join(', ') : null;
}

interface Step extends Rung {
  /** Where a script may act; null: it is the client's turn. */
  point: Point | null;
  phase: Phase;
}

function tamperedWith(steps: Step[], items: ScriptItem[]): Rung[] {
  const beside = items.filter((item) => !steps.some((step) => meets(step, item)));
  const more: Rung[] = beside.map((item) => ({
    from: null,
    protection: item.in === 'clear' ? 'clear' : 'tls',
    text: `should it come to ${item.on}`,
    tampered: deeds([item]),
  }));
  return [
    ...steps.map(({ from, protection, text, tampered, ...step }) => ({
      ...{ from, protection, text },
      tampered: [...tampered, ...deeds(items.filter((item) => meets(step, item)))],
    })),
    ...more,
  ];
}

const meets = ({ point, phase }: Pick<Step, 'point' | 'phase'>, item: ScriptItem) =>
  point === item.on && (item.in === undefined || item.in === phase);

const deeds = (items: ScriptItem[]) =>
  items.flatMap((item) => Object.entries(item.do).map(([name, params]) => deedInWords(name, params)));

/** As `simulated` and a client go through it that offers the first of all that it is offered. */
function session(scenario: Scenario, transport: Transport): Step[] {
  const client: Client = (phase, text) => step('client', phase, null, text);
  const mallory: Mallory = (phase, point, text) => step('mallory', phase, point, text);
  return [
    ...opening(scenario, transport),
    ...login(scenario, client, mallory),
    ...(isForServersOnly(scenario)
      ? [client('authenticated', '<message>'), step(null, 'authenticated', 'online', 'the stanza is accepted')]
      : [step(null, 'authenticated', 'online', 'the client is online')]),
  ];
}

/** Up to the features inside TLS. */
function opening(scenario: Scenario, transport: Transport): Step[] {
  const { entity } = scenario;
  const client = (phase: Phase, text: string) => step('client', phase, null, text);
  const mallory = (phase: Phase, point: Point, text: string, tampered: string[] = []) =>
    step('mallory', phase, point, text, tampered);
  const inClear = ways(scenario, 'clear');
  const starttls = [
    client('clear', '<stream:stream>'),
    mallory('clear', 'header', '<stream:stream>'),
    mallory(
      'clear',
      'features',
      `features: ${['starttls', ...inClear].join(', ')}`,
      inClear.length > 0 ? ['offers a login in clear'] : [],
    ),
    client('clear', '<starttls/>'),
    mallory('clear', 'proceed', '<proceed/>'),
  ];
  const asks = scenario.needs.includes('dns') || scenario.script.some(({ on }) => on === 'lookup');
  return [
    ...(asks ? [step(null, 'clear', 'lookup', 'the client asks DNS for its server')] : []),
    {
      ...step(null, 'clear', 'connect', 'the client connects'),
      protection: transport === 'direct' ? 'handshake' : 'clear',
    },
    ...(transport === 'starttls' ? starttls : []),
    handshake('client', null, 'ClientHello'),
    handshake('mallory', 'tls-handshake', `ServerHello, certificate: ${entity.credential}`, wrong(entity.credential)),
    handshake('client', null, 'the rest of the handshake'),
    client('tls', '<stream:stream>'),
    mallory('tls', 'header', '<stream:stream>'),
    mallory('tls', 'features', `features: ${ways(scenario, 'tls').join(', ') || 'no way to log in'}`),
  ];
}

type Client = (phase: Phase, text: string) => Step;
type Mallory = (phase: Phase, point: Point, text: string) => Step;

function login(scenario: Scenario, client: Client, mallory: Mallory): Step[] {
  const { entity } = scenario;
  const [mechanism] = [...entity.mechanisms.tls, ...entity.sasl2.tls];
  if (mechanism === undefined && entity.dialback.tls)
    return [client('tls', '<db:result> with a key'), mallory('tls', 'stanza', '<db:result type="valid">')];
  if (mechanism === undefined)
    return entity.iqAuth.tls ? [client('tls', '<iq> jabber:iq:auth'), mallory('tls', 'iq', '<iq type="result">')] : [];
  const sasl2 = entity.mechanisms.tls.length === 0;
  const first = sasl2 ? `<authenticate mechanism="${mechanism}">` : `<auth mechanism="${mechanism}">`;
  const proof = [mallory('tls', 'challenge', '<challenge>'), client('tls', '<response>')];
  const bind = [
    client('authenticated', '<stream:stream>'),
    mallory('authenticated', 'header', '<stream:stream>'),
    ...(isForServersOnly(scenario)
      ? [mallory('authenticated', 'features', 'features')]
      : [
          mallory('authenticated', 'features', 'features: bind'),
          client('authenticated', '<iq> bind'),
          mallory('authenticated', 'bind', '<iq type="result"> bind'),
        ]),
  ];
  return [
    client('tls', first),
    ...(mechanism.startsWith('SCRAM') ? proof : []),
    mallory('tls', 'success', `<success>${sasl2 ? ' with bind' : ''}`),
    ...(sasl2 ? [] : bind),
  ];
}

function ways({ entity: { mechanisms, sasl2, iqAuth, dialback, bidi } }: Scenario, phase: 'clear' | 'tls'): string[] {
  return [
    ...mechanisms[phase],
    ...sasl2[phase].map((name) => `${name} over SASL2`),
    ...(iqAuth[phase] ? ['jabber:iq:auth'] : []),
    ...(bidi[phase] ? ['bidi'] : []),
    ...(dialback[phase] ? ['dialback'] : []),
  ];
}

const wrong = (name: string) => (credentials[name]?.defect ? [`presents ${name}`] : []);

function step(from: Step['from'], phase: Phase, point: Point | null, text: string, tampered: string[] = []): Step {
  return { from, phase, point, text, tampered, protection: phase === 'clear' ? 'clear' : 'tls' };
}

/** Its point is met by scripts that say `in: clear` as well as by those that say nothing. */
function handshake(from: 'client' | 'mallory', point: Point | null, text: string, tampered: string[] = []): Step {
  return { from, phase: 'clear', point, text, tampered, protection: 'handshake' };
}
