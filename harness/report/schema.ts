/**
 * The schema of the JSON report (design, section 8), for those who read reports: `docs/report.schema.json` is made from
 * it. It takes zod, and a run has no use for it: nothing that a run imports may import this.
 */
import * as z from 'zod';
import type { Observation } from '../../src/transcript.ts';
import type { Report } from '../result.ts';
import { claim, count, direction, milliseconds, observation, ordinal, peer, transport } from './schema-observation.ts';

const verdict = z.enum(['pass', 'warn', 'fail', 'skip', 'inconclusive', 'error']).meta({ id: 'Verdict' });
const outcome = z
  .enum(['online', 'unsupported', 'never-connected', 'crashed', 'refused', 'closed', 'hung'])
  .describe('what the client did')
  .meta({ id: 'Outcome' });
const importance = z.enum(['critical', 'high', 'medium', 'low', 'info']).meta({ id: 'Importance' });

const finding = z
  .strictObject({
    code: z.string().describe('stable, kebab-case'),
    message: z.string(),
    requirement: z.string().describe('an id of scenarios/requirements.yaml'),
    level: z.enum(['must', 'should', 'info']),
    severity: importance,
    evidence: z.array(ordinal).describe('n of the observations that prove it'),
  })
  .meta({ id: 'Finding' });

const connection = z.strictObject({
  n: ordinal,
  endpoint: z.string(),
  direction,
  peer: peer.nullable(),
  tls: z.strictObject({ version: z.string(), cipher: z.string() }).nullable(),
});

const baseline = z.strictObject({
  expected: verdict,
  kind: z.string(),
  reason: z.string(),
  link: z.string().nullable(),
  state: z.enum(['met', 'unexpected-pass', 'changed', 'not-judged']),
});

const repeated = z
  .strictObject({
    of: ordinal,
    verdicts: z.record(verdict, count),
    seeds: z.array(z.string()).describe('some of those that had the verdict, where it is no pass, for --seed'),
  })
  .describe('of many repetitions the result shows the first with the worst verdict');

const result = z
  .strictObject({
    id: z.string(),
    key: z.string().describe('id[transport,via]'),
    title: z.string(),
    transport,
    via: z.enum(['ip', 'host', 'dns']),
    serverPolicy: z.exactOptional(z.string()).describe('of a server: under which policy the verdict was reached'),
    verdict,
    outcome: outcome.nullable(),
    importance,
    control: z.string().nullable().describe('the profile of its control; null where none was needed'),
    reason: z.string().nullable().describe('why it is skip, inconclusive or error; for a pass: a note'),
    baseline: baseline.nullable(),
    rerun: z.string().describe('a command line that runs just this again'),
    findings: z.array(finding),
    repeated: repeated.nullable().describe('null where it ran once'),
    claimed: claim.nullable(),
    exit: z.strictObject({ code: z.int().nullable(), signal: z.string().nullable() }).nullable(),
    stderrTail: z.string(),
    durationMs: milliseconds,
    waitedMs: milliseconds.describe('of it, what the script or a limit made everyone wait'),
    connections: z.array(connection),
    transcript: z.exactOptional(z.array(observation).readonly()).describe('of a pass: with --transcripts all'),
  })
  .meta({ id: 'Result' });

const control = z.strictObject({
  profile: z.string(),
  ok: z.boolean().describe('whether the client did in it what the scenarios behind it need'),
  outcome: outcome.nullable(),
  diagnosis: z.string().nullable().describe('what went wrong and the likely causes; null where it is ok'),
  durationMs: milliseconds,
});

export const reportSchema = z.strictObject({
  format: z.literal('xmpp-mallory/1'),
  tool: z.strictObject({ name: z.literal('xmpp-mallory'), version: z.string() }),
  catalogue: z.string().describe('SHA-256 of the loaded scenarios and requirements'),
  seed: z.string(),
  durationMs: milliseconds,
  environment: z.strictObject({
    node: z.string(),
    openssl: z.string(),
    platform: z.string(),
    policy: z.enum(['rfc9525', 'rfc6125']),
  }),
  client: z.strictObject({ label: z.string(), version: z.string().nullable(), command: z.array(z.string()) }),
  server: z
    .exactOptional(
      z.strictObject({
        policyName: z.string(),
        policy: z.strictObject({
          encryption: z.enum(['required', 'optional']),
          authentication: z.enum(['required', 'optional']),
          dialback: z.boolean(),
        }),
      }),
    )
    .describe('a server was judged: the policy that was asked of it, and what that came to'),
  relayed: z.boolean().describe('a real account was used: its password is masked, and no canary'),
  shard: z
    .strictObject({ n: ordinal, of: ordinal, selection: z.string().describe('equal in all parts of one run') })
    .nullable()
    .describe('one part of a run; null for a whole one'),
  loaded: count,
  selected: count,
  summary: z.record(verdict, count),
  notes: z.array(z.string()).describe('what belongs before everything else'),
  controls: z.array(control),
  results: z.array(result),
  stale: z
    .array(z.strictObject({ match: z.string(), why: z.enum(['stale', 'expired']) }))
    .describe('baseline entries that match nothing in the catalogue, or have expired'),
  exitStatus: z.literal([0, 1, 2]),
});

/** The same as JSON Schema. */
export function reportJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(reportSchema);
  return { $schema: schema.$schema, title: 'A report of xmpp-mallory', ...schema };
}

/** As if no field were optional: an optional field that only one side knows would be assignable both ways. */
type Whole<T> = T extends readonly (infer Item)[]
  ? Whole<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Whole<T[Key]> }
    : T;

/** Where it does not compile, the first knows what the second does not. */
type Fits<Known extends Wanted, Wanted> = Known;

/** What the schema and the types say is the same; an observation without schema ends here. */
export type Checked = [
  Fits<z.infer<typeof observation>, Observation>,
  Fits<Observation, z.infer<typeof observation>>,
  Fits<Whole<z.infer<typeof observation>>, Whole<Observation>>,
  Fits<Whole<Observation>, Whole<z.infer<typeof observation>>>,
  Fits<z.infer<typeof reportSchema>, Report>,
  Fits<Report, z.infer<typeof reportSchema>>,
  Fits<Whole<z.infer<typeof reportSchema>>, Whole<Report>>,
  Fits<Whole<Report>, Whole<z.infer<typeof reportSchema>>>,
];
