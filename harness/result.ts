/** The words of the JSON report (design, section 8). Reporters read nothing else. */
import type { Claim, Observation, Peer, Transport } from '../src/transcript.ts';

export type Verdict = 'pass' | 'warn' | 'fail' | 'skip' | 'inconclusive' | 'error';
export type Outcome = 'online' | 'unsupported' | 'never-connected' | 'crashed' | 'refused' | 'closed' | 'hung';
export type Level = 'must' | 'should' | 'info';
export type Importance = 'critical' | 'high' | 'medium' | 'low' | 'info';
export type Via = 'ip' | 'host' | 'dns';
export type Policy = 'rfc9525' | 'rfc6125';

/** What an administrator chose for streams to other servers (docs/servers.md). */
export interface ServerPolicy {
  /** `required`: nothing is handed over in clear. */
  encryption: 'required' | 'optional';
  /** `required`: nothing is handed over to a peer whose certificate is no good. */
  authentication: 'required' | 'optional';
  /** Whether Server Dialback (XEP-0220) is used. */
  dialback: boolean;
}

export interface Finding {
  /** Stable, kebab-case. */
  code: string;
  message: string;
  /** An id of scenarios/requirements.yaml. */
  requirement: string;
  level: Level;
  severity: Importance;
  /** `n` of the observations that prove it. */
  evidence: number[];
}

export interface ConnectionSummary {
  n: number;
  endpoint: string;
  direction: 'in' | 'out';
  peer: Peer | null;
  tls: { version: string; cipher: string } | null;
}

/** Of many repetitions the result shows the first with the worst verdict. */
export interface Repeated {
  of: number;
  verdicts: Record<Verdict, number>;
  /** Some of those that had the verdict, where it is no pass: `--seed` runs just that one again. */
  seeds: string[];
}

export interface BaselineNote {
  expected: Verdict;
  kind: string;
  reason: string;
  link: string | null;
  /** `met`: as expected. `unexpected-pass`, `changed`: exit status 1. */
  state: 'met' | 'unexpected-pass' | 'changed' | 'not-judged';
}

export interface Result {
  id: string;
  /** `id[transport,via]` */
  key: string;
  title: string;
  transport: Transport;
  via: Via;
  verdict: Verdict;
  outcome: Outcome | null;
  importance: Importance;
  /** Of a server: the policy under which the verdict was reached, by its name. */
  serverPolicy?: string;
  /** The profile of its control, or null where none was needed. */
  control: string | null;
  /** Why it is skip, inconclusive or error; for a pass: a note such as `not-offered`. */
  reason: string | null;
  baseline: BaselineNote | null;
  /** A command line that runs just this again. */
  rerun: string;
  findings: Finding[];
  /** Null where it ran once. */
  repeated: Repeated | null;
  claimed: Claim | null;
  exit: { code: number | null; signal: string | null } | null;
  stderrTail: string;
  /** Milliseconds of wall time, controls not included. */
  durationMs: number;
  /** Milliseconds of it that the script or a limit made everyone wait. */
  waitedMs: number;
  connections: ConnectionSummary[];
  /** Left out for a pass unless `--transcripts all`. */
  transcript?: readonly Observation[];
}

export interface ControlSummary {
  profile: string;
  /** Whether the client did in it what the scenarios behind it need. */
  ok: boolean;
  outcome: Outcome | null;
  /** In plain words, what went wrong and the likely causes; null where it is ok. */
  diagnosis: string | null;
  durationMs: number;
}

/** One part of a run that was divided with `--shard`. */
export interface Shard {
  /** From 1. */
  n: number;
  of: number;
  /** Equal in all parts of one run: a digest of all that was selected. */
  selection: string;
}

export interface Report {
  format: 'xmpp-mallory/1';
  tool: { name: 'xmpp-mallory'; version: string };
  /** SHA-256 of the loaded scenarios and requirements. */
  catalogue: string;
  seed: string;
  durationMs: number;
  environment: { node: string; openssl: string; platform: string; policy: Policy };
  client: { label: string; version: string | null; command: string[] };
  /** A server was judged: the policy that was asked of it, and what that came to. Absent for a client. */
  server?: { policyName: string; policy: ServerPolicy };
  /** A real account was used: its password is masked, and no canary. */
  relayed: boolean;
  /** Null for a whole run. */
  shard: Shard | null;
  loaded: number;
  selected: number;
  summary: Record<Verdict, number>;
  /** Sentences that belong before everything else, such as "the client verifies the address that it dialled". */
  notes: string[];
  controls: ControlSummary[];
  results: Result[];
  /** Baseline entries that match nothing in the catalogue, or have expired: exit status 1. */
  stale: { match: string; why: 'stale' | 'expired' }[];
  exitStatus: 0 | 1 | 2;
}

/** One report or more, of a client each, over the same catalogue. */
export type Reports = readonly [Report, ...Report[]];

/** What `merge` writes where there is more than one client. */
export interface MergedReports {
  format: 'xmpp-mallory/1';
  reports: Reports;
  /** The worst: 1 goes before 2. */
  exitStatus: 0 | 1 | 2;
}
