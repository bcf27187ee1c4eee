/** Mallory in place of a TLS server: writes a forged flight, and reads from the client's records what it makes of it. */
import type { Issued } from '../../pki/credentials/row.ts';
import { type Awaited, type Flight, flight12, flightSsl2, type Made } from './flight-12.ts';
import { type Before, type Flight13, flight13, knowsSentinel, retryRequest } from './flight-13.ts';
import type { Forgery } from './forgery.ts';
import { type Offer, parseOffer } from './offer.ts';
import { CONTENT_TYPE, createMessageReader, createRecordReader, HANDSHAKE_TYPE, type TlsRecord } from './record.ts';

export interface ForgeHandlers {
  write(octets: Buffer): void;
  /** The flight that deviates, and with it all that the scenario is about, was handed to `write`. */
  forged(flight: Flight): void;
  /**
   * What the client sends behind its first ClientHello: the name of a handshake message, or `change-cipher-spec`,
   * `alert`, `heartbeat`, or `protected` where there is no key for it here. `bytes`: without framing.
   */
  message(name: string, bytes: number, alert?: Alert): void;
  /** The client offers nothing of what it takes, as `what` says behind "the client offers". Nothing was written. */
  notOffered(what: string): void;
  /** This machine, or the credential, cannot do what it takes. Nothing was written. `why` is a sentence. */
  incapable(why: string): void;
  /** Octets that are no records. */
  stray(octets: Buffer): void;
  /** The client has ended the handshake. */
  refused(alert: Alert): void;
  /** The client has accepted it: there is nothing more to see. */
  done(): void;
}

export interface Alert {
  level: number;
  description: number;
}

/** More than any handshake has; a client that sends more has shown what it does. */
const MOST_MESSAGES = 64;

/** Takes what the client sends, from the first octet of its ClientHello on. Nothing is written before that is whole. */
export function createForge(forgery: Forgery, issued: Issued, handlers: ForgeHandlers): (chunk: Buffer) => void {
  const readRecord = createRecordReader();
  const readMessage = createMessageReader();
  let hellos = 0;
  let awaits: Awaited | null = null;
  let client: Flight13['client'] | null = null;
  let before: Before | undefined;
  let left = MOST_MESSAGES;
  let over = false;
  let encrypted = false;
  let isProtected = false;

  function hello(body: Buffer): void {
    hellos += 1;
    if (hellos > 1) tell('client-hello', body.length);
    if (over) return;
    const offer = parseOffer(body);
    if (!offer) return give('no ClientHello that can be read');
    const sent = answerTo(offer);
    if (sent && 'notOffered' in sent) return give(sent.notOffered);
    if (!sent) return;
    handlers.write(sent.octets);
    // A first request that is right is only the way to the one that is not.
    if ('before' in sent && awaitsSecond(forgery, hellos)) return;
    awaits = sent.awaits;
    handlers.forged(sent);
  }

  function answerTo(offer: Offer): Made<Flight> | null {
    try {
      return hellos === 1 ? first(offer) : next(offer);
    } catch (error) {
      // OpenSSL has no such curve, hash or key here: that must not look like a client that has refused.
      over = true;
      handlers.incapable((error as Error).message);
      return null;
    }
  }

  function first(offer: Offer): Made<Flight> | null {
    const missing = missingExtension(offer, forgery);
    if (missing) return { notOffered: missing };
    if (forgery['ssl-2']) return flightSsl2(issued);
    if (forgery.sentinel && !knowsSentinel(offer))
      return { notOffered: 'no TLS 1.3, and so the sentinel means nothing' };
    if (forgery.retry) return retry(offer);
    return forgery.flight === 'TLSv1.3' ? protect(flight13(offer, issued, forgery)) : flight12(offer, issued, forgery);
  }

  function next(offer: Offer): Made<Flight> | null {
    if (forgery.retry === 'twice') return retry(offer);
    if (forgery.retry === 'other-suite') return protect(flight13(offer, issued, forgery, before));
    return null;
  }

  function retry(offer: Offer): Made<Flight> {
    const made = retryRequest(offer, forgery, before);
    if (!('notOffered' in made)) before = made.before;
    return made;
  }

  function protect(made: Made<Flight13>): Made<Flight> {
    if (!('notOffered' in made)) client = made.client;
    return made;
  }

  function give(what: string): void {
    over = true;
    handlers.notOffered(what);
  }

  function tell(name: string, bytes: number, alert?: Alert): void {
    if (over || left === 0 || (name === 'protected' && isProtected)) return;
    isProtected = name === 'protected';
    left -= 1;
    handlers.message(name, bytes, alert);
    if (name === awaits) {
      over = true;
      handlers.done();
    } else if (alert && endsAll(alert)) {
      over = true;
      handlers.refused(alert);
    }
  }

  function handshake(fragment: Buffer): void {
    if (encrypted) return tell('protected', fragment.length);
    for (const found of readMessage(fragment)) {
      if (found.type === 'too-large') return tell('other', found.claimed);
      const { type, body } = found.message;
      if (type === HANDSHAKE_TYPE.clientHello) hello(body);
      else tell(MESSAGES.get(type) ?? 'other', body.length);
    }
  }

  function plain(type: number, content: Buffer): void {
    if (type === CONTENT_TYPE.handshake) return handshake(content);
    if (type === CONTENT_TYPE.alert) return tell('alert', content.length, alertOf(content));
    if (type === CONTENT_TYPE.heartbeat) return tell('heartbeat', content.length);
    if (type === CONTENT_TYPE.changeCipherSpec) {
      tell('change-cipher-spec', content.length);
      // In TLS 1.3 it means nothing.
      encrypted = client === null && before === undefined;
      return;
    }
    tell('protected', content.length);
  }

  function record({ type, fragment, version }: TlsRecord): void {
    if (type !== CONTENT_TYPE.applicationData || !client) return plain(type, fragment);
    const opened = client.open({ type, fragment, version });
    if (opened) plain(opened.type, opened.content);
    else tell('protected', fragment.length);
  }

  return (chunk) => {
    for (const one of readRecord(chunk)) {
      if (one.type === 'record') record(one.record);
      else if (awaits === 'client-master-key' && isMasterKey(one.octets)) tell('client-master-key', one.octets.length);
      else handlers.stray(one.octets);
    }
  };
}

const MESSAGES = new Map<number, string>([
  [HANDSHAKE_TYPE.clientKeyExchange, 'client-key-exchange'],
  [HANDSHAKE_TYPE.certificate, 'certificate'],
  [HANDSHAKE_TYPE.finished, 'finished'],
  [HANDSHAKE_TYPE.certificateVerify, 'certificate-verify'],
]);

/** A request that precedes the wrong one. */
const awaitsSecond = ({ retry }: Forgery, hellos: number) =>
  hellos === 1 && (retry === 'twice' || retry === 'other-suite');

function missingExtension({ extensions }: Offer, forgery: Forgery): string | null {
  const { type, only } = forgery.extension ?? forgery['encrypted-extension'] ?? {};
  if (type === undefined || only === undefined || (only === 'offered') === extensions.has(type)) return null;
  return `${only === 'offered' ? 'no' : 'the'} extension ${type}`;
}

function alertOf(content: Buffer): Alert {
  const [level = FATAL, description = CLOSE_NOTIFY] = content;
  return { level, description };
}

const FATAL = 2;
const CLOSE_NOTIFY = 0;

/** In TLS 1.3 the level means nothing; of the warnings of TLS 1.2 only this one ends the connection. */
const endsAll = ({ level, description }: Alert) => level !== 1 || description === CLOSE_NOTIFY;

/** SSL 2.0: a length with the high bit set, and CLIENT-MASTER-KEY. */
const isMasterKey = (octets: Buffer) => octets.length > 2 && octets.readUInt8(0) >= 0x80 && octets.readUInt8(2) === 2;
