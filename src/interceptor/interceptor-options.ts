/** What an interceptor is told: who is played there, with what, and where. */
import type { EntityFactory } from '../entity/receiving-entity.ts';
import type { Authority } from '../pki/authority.ts';
import type { CredentialRow } from '../pki/credentials/index.ts';
import type { TlsVersion } from '../script/moment.ts';
import type { Script } from '../script/script.ts';
import type { ContentNamespace, Transcript, Transport } from '../transcript.ts';
import type { Canaries } from './canaries.ts';
import type { Listener } from './listening.ts';
import type { Recording } from './recording.ts';

export interface InterceptorOptions {
  authority: Authority;
  /** The reference identifier that the initiating entity is told. */
  domain: string;
  /** Another one that is served at the same host and port; default: none. */
  second?: string | undefined;
  /** Bare JID. */
  jid: string;
  /** Of a server: its own domain, the value of `{peer}`; default: none. */
  peer?: string | undefined;
  transport: Transport;
  /** Default: `jabber:client`. Of servers a certificate is asked for, and names are those of their service. */
  namespace?: ContentNamespace | undefined;
  transcript: Transcript;
  entity: EntityFactory;
  /** What a correct peer presents on the endpoint `main`; default `valid`. */
  credential?: string | undefined;
  /** Default: TLS 1.2 to 1.3. */
  versions?: { min: TlsVersion; max: TlsVersion } | undefined;
  /** TLS asks for a client's certificate of a CA in this PEM; default: it asks for none. */
  clientCa?: string | undefined;
  /** A credential that is not in the table, which the script presents by its name. */
  given?: CredentialRow | undefined;
  /** Further listeners, by name. */
  endpoints?: Record<string, EndpointSettings> | undefined;
  script?: Script | undefined;
  canaries?: Canaries | undefined;
  /** The value of `{canary}`. */
  canary?: string | undefined;
  /** Addresses that every credential names in addition. */
  dialled?: string[] | undefined;
  /**
   * By which names and addresses DNS sends the client here, in place of a user who has told it. Nobody vouches for them: a
   * certificate for nothing else is untrusted. Default: the client was told where to connect.
   */
  resolved?: string[] | undefined;
  /** Of `split: seeded`, and of `shake`. */
  seed?: string | undefined;
  /** Every write is cut and delayed at random, except where the script says how; default: as it comes. */
  shake?: boolean | undefined;
  /** Where to listen; default 127.0.0.1. */
  address?: string | undefined;
  /** Of the endpoint `main`; default: any that is free. */
  port?: number | undefined;
  /** Listens elsewhere, in a network of the client's own for instance; default: at `address`, on a port that the system chooses. */
  listen?: ((endpoint: string) => Promise<Listener>) | undefined;
  /** Passes raw bytes to the real server, if the entity has one: TLS end to end, no script. */
  tunnel?: boolean | undefined;
  /** Is told of every octet of every connection, and of the secrets of TLS; default: nobody is. */
  recording?: Recording | undefined;
}

/** `refuses`: nobody listens there, and the port is taken all the same. */
export interface EndpointSettings {
  credential: string;
  refuses?: boolean | undefined;
  /** Default: that of the interceptor. */
  transport?: Transport | undefined;
  /** Default: any that is free. */
  port?: number | undefined;
}
