/** A scenario, as its file says it and as the harness runs it. */

import type { Extension } from '../../src/entity/extensions.ts';
import type { EndpointSettings } from '../../src/interceptor/interceptor-options.ts';
import type { GivenCredential } from '../../src/pki/given.ts';
import type { TlsVersion } from '../../src/script/moment.ts';
import type { ScriptItem } from '../../src/script/script.ts';
import type { Calling } from '../../src/services/call.ts';
import type { PoshDocument } from '../../src/services/posh.ts';
import type { ContentNamespace, Transport } from '../../src/transcript.ts';
import type { Importance } from '../result.ts';
import type { DomainKind } from './domain.ts';

/** What a receiving entity offers, by what protects the stream. */
export interface Offer<T> {
  /** Before TLS. Default: nothing. */
  clear?: T | undefined;
  tls?: T | undefined;
}

export interface EntitySettings {
  /** What kind of domain it serves, and the client is told. Default: ordinary. */
  domain?: DomainKind | undefined;
  /** SASL mechanisms, best first. Default inside TLS: SCRAM-SHA-256, SCRAM-SHA-1, PLAIN. */
  mechanisms?: Offer<string[]> | undefined;
  /** The same over SASL2 (XEP-0388) with inline bind. Default: not offered. */
  sasl2?: Offer<string[]> | undefined;
  /** `jabber:iq:auth` (XEP-0078). Default: not offered. */
  'iq-auth'?: Offer<boolean> | undefined;
  /** What it offers beyond RFC 6120, inside TLS. Default: nothing. */
  extensions?: Extension[] | undefined;
  /** Between servers: Server Dialback (XEP-0220). Default: inside TLS. */
  dialback?: Offer<boolean> | undefined;
  /** Between servers: bidirectional streams (XEP-0288). Default: not offered. */
  bidi?: Offer<boolean> | undefined;
  /** Between servers: its document over HTTPS (RFC 7711). Default: none. */
  posh?: PoshDocument | undefined;
  /** Between servers: it serves a second domain at the same host and port. Default: false. */
  'second-domain'?: boolean | undefined;
  /** Between servers: how it comes to the other one, where `needs` holds `s2s-listener`. Default: with a good key. */
  call?: Calling | undefined;
  /** Between servers: what its DNS says of its certificates, signed (DANE, RFC 7673). Default: nothing, and nothing is signed. */
  dane?: DaneSettings | undefined;
  /** A name from the credential table; default `valid`. */
  credential?: string | undefined;
  /** Default: TLS 1.2 to 1.3. */
  tls?: { min?: TlsVersion | undefined; max?: TlsVersion | undefined } | undefined;
}

export interface DaneSettings {
  /**
   * The TLSA records of the host that the SRV record leads to: usage, selector, matching type, and then nothing, for the
   * entity's own credential, the name of another, or data in hexadecimal digits.
   */
  tlsa: string[];
  /** What is in a zone that is not signed: the SRV record, the address of the host, or only its TLSA records. Default: nothing. */
  insecure?: DaneLookup[] | undefined;
}

export const DANE_LOOKUPS = ['srv', 'address', 'tlsa'] as const;

export type DaneLookup = (typeof DANE_LOOKUPS)[number];

export interface ScenarioFields {
  title: string;
  description: string;
  importance: Importance;
  /** What kind of stream the initiating entity opens: a client, or a server. Default: jabber:client. */
  namespaces?: ContentNamespace[] | undefined;
  transports?: Transport[] | undefined;
  session?: 'once' | 'stay' | undefined;
  entity?: EntitySettings | undefined;
  endpoints?: Record<string, Omit<EndpointSettings, 'credential'> & { credential?: string | undefined }> | undefined;
  script?: ScriptItem[] | undefined;
  expect?: { never?: Record<string, string> | undefined; see?: Record<string, string> | undefined } | undefined;
  /** Where this went wrong in the wild, as published. Default: nowhere. */
  'seen-in'?: string[] | undefined;
  'caught-by'?: string[] | undefined;
  needs?: string[] | undefined;
}

/** A scenario file: `cases` merges each case over the fields, and adds its suffix to the id. */
export interface ScenarioFile extends ScenarioFields {
  id: string;
  cases?: (Partial<ScenarioFields> & { suffix: string })[] | undefined;
}

/** One scenario with nothing left out. */
export interface Scenario {
  id: string;
  title: string;
  description: string;
  importance: Importance;
  namespaces: ContentNamespace[];
  transports: Transport[];
  session: 'once' | 'stay';
  entity: ResolvedEntity;
  endpoints: Record<string, EndpointSettings>;
  script: ScriptItem[];
  expect: { never: Record<string, string>; see: Record<string, string> };
  seenIn: string[];
  caughtBy: string[];
  needs: string[];
  given?: Given;
  /** The file that it came from, for messages. */
  source: string;
}

/** What a scenario that was made elsewhere brings along: a credential, whom it is for, and who vouches for it. */
export interface Given {
  /** The reference identifier. */
  domain: string;
  /** PEM of the CAs to trust; `XMPP_CA_FILE` holds them and Mallory's own. */
  trusted: string[];
  credential: GivenCredential;
  /** Why it cannot be served over XMPP: then it is skipped; null where it can. */
  unusable: string | null;
}

export interface ResolvedEntity {
  domain: DomainKind;
  mechanisms: { clear: string[]; tls: string[] };
  sasl2: { clear: string[]; tls: string[] };
  iqAuth: { clear: boolean; tls: boolean };
  extensions: Extension[];
  dialback: { clear: boolean; tls: boolean };
  bidi: { clear: boolean; tls: boolean };
  posh: PoshDocument | null;
  secondDomain: boolean;
  call: Calling;
  dane: { tlsa: string[]; insecure: DaneLookup[] } | null;
  credential: string;
  tls: { min: TlsVersion; max: TlsVersion };
}

/** Types a scenario that is written in TypeScript or JavaScript; returns it as it is. */
export function defineScenario(file: ScenarioFile): ScenarioFile {
  return file;
}
