/**
 * The password of a real account, and whatever it can be computed or guessed from, masked wherever a run would show it.
 * Where nobody can tell whether a text gives it away, the text goes: rather too much than too little.
 */
import type { ClientHello, Observation } from '../../src/transcript.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import type { ControlSummary, Report, Result } from '../result.ts';
import { maskGuessable } from './mask-guessable.ts';
import { maskMarkup } from './mask-markup.ts';
import { MASK, spellingMask } from './mask-spellings.ts';

export interface Mask {
  /** The password alone, in every usual spelling: for words that are mostly our own. */
  spelled(text: string): string;
  /** What a client wrote: also what looks like a SASL message, a hash, a token. */
  text(text: string): string;
  /** The last of what it wrote, the beginning of which may be cut off. */
  tail(text: string): string;
  result(result: Result): Result;
  /** All but the results, which are masked one by one. */
  report(report: Report): Report;
}

/** From here on a tail counts as cut, in characters: UTF-8 of 8 KiB has at least so many. */
const CUT = 2_048;

export function createMask(password: string): Mask {
  const spelled = spellingMask(password);
  const text = (words: string) => maskGuessable(spelled(words), spelled);
  const markup = (xml: string) => maskMarkup(spelled(xml));
  /** Our own sentence, with the client's words in quotation marks. */
  const quoting = (sentence: string) =>
    text(sentence.replace(/"(?:[^"\\]|\\.)*<(?:[^"\\]|\\.)*"/g, (quoted) => `"${markup(quoted.slice(1, -1))}"`));

  function observation(o: Observation): Observation {
    switch (o.layer) {
      case 'tcp':
        if (o.type === 'bytes') return { ...o, text: markup(o.text) };
        if (o.type === 'written') return { ...o, text: spelled(o.text) };
        return o.type === 'upstream-failed' || o.type === 'refused' ? { ...o, why: spelled(o.why) } : o;
      case 'tls':
        if (o.type === 'client-hello') return { ...o, hello: helloOf(o.hello), kind: spelled(o.kind) };
        if (o.type === 'handshake') return { ...o, alpn: orNull(o.alpn), serverName: orNull(o.serverName) };
        return o.type === 'failed' ? { ...o, message: spelled(o.message) } : o;
      case 'xmpp':
        return xmpp(o);
      case 'dns':
        if (o.type === 'unreadable') return o;
        return { ...o, name: spelled(o.name), ...(o.type === 'answer' && { records: o.records.map(spelled) }) };
      case 'http':
        return o.type === 'http-request' ? { ...o, host: spelled(o.host), path: spelled(o.path) } : o;
      case 'process':
        if (o.type === 'claim') return { ...o, claim: claimOf(o.claim) };
        return o.type === 'not-started' ? { ...o, message: text(o.message) } : o;
      default:
        return o;
    }
  }

  function xmpp(o: Observation & { layer: 'xmpp' }): Observation {
    switch (o.type) {
      case 'element': {
        const xml = isSecret(o) ? markup(o.xml) : spelled(o.xml);
        const named = o.mechanism === undefined ? {} : { mechanism: spelled(o.mechanism) };
        const iq = o.iq === undefined ? {} : { iq: { type: spelled(o.iq.type), id: spelled(o.iq.id) } };
        return { ...o, name: spelled(o.name), ns: spelled(o.ns), xml, ...named, ...iq };
      }
      case 'stream-open': {
        const attributes = Object.entries(o.attributes).map(([name, value]) => [spelled(name), spelled(value)]);
        return { ...o, xml: spelled(o.xml), attributes: Object.fromEntries(attributes) };
      }
      case 'malformed':
        return { ...o, reason: spelled(o.reason), text: markup(o.text) };
      case 'authenticated':
        return { ...o, mechanism: spelled(o.mechanism), user: spelled(o.user) };
      case 'bound':
      case 'accepted':
        return { ...o, jid: spelled(o.jid) };
      default:
        return o;
    }
  }

  const orNull = (words: string | null) => words && spelled(words);

  function helloOf(hello: ClientHello): ClientHello {
    return { ...hello, serverName: orNull(hello.serverName), alpn: hello.alpn.map(spelled) };
  }

  function claimOf<Claim extends { reason?: string | undefined; tls?: object | undefined }>(claim: Claim): Claim {
    const tls = claim.tls && Object.entries(claim.tls).map(([name, value]) => [name, wordsIn(value)]);
    return {
      ...claim,
      ...(claim.reason !== undefined && { reason: text(claim.reason) }),
      ...(tls && { tls: Object.fromEntries(tls) }),
    };
  }

  const wordsIn = (value: unknown) => (typeof value === 'string' ? spelled(value) : value);

  function control(one: ControlSummary): ControlSummary {
    return { ...one, diagnosis: one.diagnosis && quoting(one.diagnosis) };
  }

  return {
    spelled,
    text,
    tail: (words) => text(words.length < CUT ? words : withoutStart(words, password)),
    result: (result) => ({
      ...result,
      reason: result.reason && quoting(result.reason),
      rerun: spelled(result.rerun),
      findings: result.findings.map((one) => ({ ...one, message: spelled(one.message) })),
      claimed: result.claimed && claimOf(result.claimed),
      stderrTail: text(result.stderrTail),
      ...(result.transcript && { transcript: result.transcript.map(observation) }),
    }),
    report(report) {
      const { label, version, command } = report.client;
      return {
        ...report,
        client: { label: spelled(label), version: version && spelled(version), command: command.map(spelled) },
        notes: report.notes.map(quoting),
        controls: report.controls.map(control),
      };
    },
  };
}

/** Half a word could be half of the password, and so could be several. */
function withoutStart(tail: string, password: string): string {
  const rest = [...password].map((_, index) => password.slice(index)).find((end) => tail.startsWith(end)) ?? '';
  return `${MASK}${tail.slice(rest.length).replace(/^\S+/, '')}`;
}

/** Namespaces in which passwords, proofs of them, or tokens that stand for them are sent. */
const SECRET = [NS.sasl, NS.sasl2, NS.iqAuth, NS.register, NS.fast, NS.sm, NS.dialback];

function isSecret({ credential, ns, xml, name, from }: Observation & { layer: 'xmpp'; type: 'element' }): boolean {
  // What a server offers is no secret, and what a verdict rests on.
  if (name === 'features' && from === 'mallory') return false;
  if (SECRET.some((secret) => ns === secret || xml.includes(secret))) return true;
  return credential !== undefined && credential !== 'stanza';
}
