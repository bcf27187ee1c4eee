/**
 * Public entry `xmpp-mallory/adversary`: the side that speaks, tampers and records, and never judges. For those who
 * want a programmable XMPP server in a test of their own.
 */

export type { EntityFactory, EntitySink, ReceivingEntity } from './entity/receiving-entity.ts';
export { type RelayedSettings, relayed } from './entity/relayed.ts';
export { type SimulatedSettings, simulated } from './entity/simulated.ts';
export type { UpstreamServer } from './entity/upstream-tls.ts';
export { type Interceptor, startInterceptor } from './interceptor/interceptor.ts';
export type { InterceptorOptions } from './interceptor/interceptor-options.ts';
export type { Listener } from './interceptor/listening.ts';
export { type Authority, createAuthority } from './pki/authority.ts';
export { type CredentialRow, credentials, type Issued } from './pki/credentials/index.ts';
export { issue } from './pki/issue.ts';
export type { Script, ScriptItem } from './script/script.ts';
export type { Question, Reply, ReplyCode } from './services/dns/lookup.ts';
export {
  type NameService,
  type OnDns,
  type ServedZone,
  startNameService,
  type Zone,
} from './services/dns/name-service.ts';
export type { DnsRecord, RecordType } from './services/dns/records.ts';
export { type DnsSockets, openDnsSockets } from './services/dns/sockets.ts';
export { type XmppService, xmppRecords } from './services/dns/xmpp-records.ts';
export { createTranscript, type Observation, type Transcript } from './transcript.ts';
