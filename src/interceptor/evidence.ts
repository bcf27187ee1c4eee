/** Puts on record what the client sends: as much of it as a verdict may need, and the secrets that it gives away. */
import type { Element } from 'ltx';
import type { CredentialKind, Peer, Phase, Transcript } from '../transcript.ts';
import { classify, mechanismOf } from '../xmpp/credential-phase.ts';
import { localName, namespaceOf } from '../xmpp/elements.ts';
import { type Canaries, findSecrets } from './canaries.ts';
import { copyOf, KEPT_BYTES, KEPT_WORD, KEPT_XML, type Keep } from './kept.ts';

export type BytesWhy = 'xml-on-direct-tls' | 'after-starttls' | 'instead-of-tls' | 'unread';

export interface EvidenceOptions {
  connection: number;
  transcript: Transcript;
  keep: Keep;
  canaries: Canaries;
  /** Null while there is no TLS. */
  peer(): Peer | null;
}

export interface Evidence {
  header(attributes: Record<string, string>, xml: string, phase: Phase): void;
  element(received: Element, xml: string, phase: Phase): void;
  streamEnd(phase: Phase): void;
  malformed(reason: string, text: string, phase: Phase): void;
  bytes(why: BytesWhy, octets: Buffer, phase: Phase): void;
  /** Octets behind something malformed, which are no stream any more: only what they give away is recorded. */
  behind(octets: Buffer, phase: Phase): void;
}

export function createEvidence({ connection, transcript, keep, canaries, peer }: EvidenceOptions): Evidence {
  const from = 'client';
  const word = (text: string) => keep(copyOf(text), KEPT_WORD);
  const window = createWindow();

  function secretsIn(text: string, phase: Phase) {
    if (phase !== 'clear' && peer() === 'honest') return {};
    const secrets = findSecrets(text, canaries);
    return secrets && { secrets };
  }

  function lookBehind(octets: Buffer, phase: Phase): void {
    const seen = window.add(octets);
    const more = { ...credentialIn(seen), ...secretsIn(seen, phase) };
    if (Object.keys(more).length === 0) return;
    const text = keep(copyOf(seen.slice(-KEPT_BYTES)), KEPT_BYTES);
    const on = { layer: 'tcp', type: 'bytes', connection, phase, from, why: 'after-malformed' } as const;
    transcript.record({ ...on, length: octets.length, text, ...more });
    window.clear();
  }

  return {
    header(written, text, phase) {
      const attributes: Record<string, string> = {};
      for (const [name, value] of Object.entries(written)) attributes[name] = word(value);
      const xml = keep(text, KEPT_XML);
      const more = secretsIn(text, phase);
      transcript.record({ layer: 'xmpp', type: 'stream-open', connection, phase, from, attributes, xml, ...more });
    },
    element(received, text, phase) {
      const credential = classify(received);
      const mechanism = mechanismOf(received);
      const iq = localName(received) === 'iq' && {
        type: word(String(received.attrs.type)),
        id: word(String(received.attrs.id)),
      };
      transcript.record({
        layer: 'xmpp',
        type: 'element',
        connection,
        phase,
        from,
        name: word(localName(received)),
        ns: word(namespaceOf(received) ?? ''),
        xml: keep(text, KEPT_XML),
        ...(credential && { credential }),
        ...(mechanism && { mechanism: word(mechanism) }),
        ...(iq && { iq }),
        ...secretsIn(text, phase),
      });
    },
    streamEnd(phase) {
      transcript.record({ layer: 'xmpp', type: 'stream-close', connection, phase, from });
    },
    malformed(reason, whole, phase) {
      const text = keep(copyOf(whole), KEPT_BYTES);
      const more = { ...credentialIn(whole), ...secretsIn(whole, phase) };
      transcript.record({ layer: 'xmpp', type: 'malformed', connection, phase, from, reason, text, ...more });
    },
    bytes(why, octets, phase) {
      const whole = octets.toString('latin1');
      const text = keep(whole, KEPT_BYTES);
      // What else comes as bytes is read as XML, too.
      const more = { ...(why === 'unread' ? credentialIn(whole) : {}), ...secretsIn(whole, phase) };
      const on = { layer: 'tcp', type: 'bytes', connection, phase, from, why } as const;
      transcript.record({ ...on, length: octets.length, text, ...more });
    },
    behind(octets, phase) {
      // Half a window at a time, so that nothing of a long chunk is passed over.
      for (let from = 0; from < octets.length; from += WINDOW / 2)
        lookBehind(octets.subarray(from, from + WINDOW / 2), phase);
    },
  };
}

/** An element that gives something away is shorter, and octets before it say nothing. Characters. */
const WINDOW = 4_096;

/** The last octets, as latin1. They stay in one place: strings that outlive their chunk pile up in a flood. */
function createWindow() {
  let place: Buffer | null = null;
  let filled = 0;
  return {
    add(octets: Buffer): string {
      place ??= Buffer.alloc(WINDOW);
      const last = octets.subarray(-WINDOW);
      place.copyWithin(0, last.length);
      last.copy(place, WINDOW - last.length);
      filled = Math.min(WINDOW, filled + last.length);
      return place.toString('latin1', WINDOW - filled);
    },
    clear() {
      filled = 0;
    },
  };
}

/** An element that never became whole, or stands in no stream, begins the credential phase with its first octet all the same. */
function credentialIn(text: string): { credential?: CredentialKind } {
  const begun = BEGINNINGS.find(([pattern]) => pattern.test(text));
  return begun ? { credential: begun[1] } : {};
}

/** None may look past the next bracket: what a hostile client sends is read again and again. */
const BEGINNINGS: [RegExp, CredentialKind][] = [
  [/<(\w+:)?(auth|response)\b[^<>]*urn:ietf:params:xml:ns:xmpp-sasl/, 'sasl'],
  [/<(\w+:)?(authenticate|response)\b[^<>]*urn:xmpp:sasl:2/, 'sasl2'],
  [/<(\w+:)?(auth|authenticate)\b[^<>]*\bmechanism\s*=/, 'sasl'],
  [/<(\w+:)?query\b[^<>]*jabber:iq:auth/, 'iq-auth'],
  [/<(\w+:)?query\b[^<>]*jabber:iq:register/, 'register'],
];
