/** What is seen of the streams, and what the receiving entity made of it. */
import type { CredentialKind, Phase, SecretFound, Side } from './terms.ts';

export type OnXmpp = { layer: 'xmpp'; connection: number; phase: Phase } & (
  | { type: 'stream-open'; from: Side; attributes: Record<string, string>; xml: string; secrets?: SecretFound[] }
  | {
      type: 'element';
      from: Side;
      name: string;
      ns: string;
      /** The bytes, as text; cut after 8 KiB. */
      xml: string;
      /** Client only: this element belongs to the credential phase. */
      credential?: CredentialKind;
      /** SASL, SASL2: the mechanism that the element names. */
      mechanism?: string;
      /** Mallory's features only: the mechanisms that they offer. */
      mechanisms?: string[];
      /** An iq: its type and id. */
      iq?: { type: string; id: string };
      secrets?: SecretFound[];
    }
  | { type: 'stream-close'; from: Side }
  | {
      type: 'malformed';
      from: 'client';
      reason: string;
      text: string;
      credential?: CredentialKind;
      secrets?: SecretFound[];
    }
  /** The receiving entity's own view: authentication succeeded, or a resource was bound. */
  | { type: 'authenticated'; from: 'mallory'; mechanism: string; user: string }
  | { type: 'bound'; from: 'mallory'; jid: string }
  /** The same of a stream between servers: a stanza was accepted, from this JID and for this domain. */
  | { type: 'accepted'; from: 'mallory'; jid: string; domain: string }
);
