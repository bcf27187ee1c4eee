/** The schema of a scenario file: what is read is checked with it, and `scenarios/schema.json` is made from it. */
import * as z from 'zod';
import { EXTENSIONS, type Extension } from '../../src/entity/extensions.ts';
import { scriptItemSchema } from '../../src/script/schema.ts';
import { CALLS, type Calling } from '../../src/services/call.ts';
import { readTlsaWords } from '../../src/services/dns/tlsa.ts';
import { POSH_DOCUMENTS, type PoshDocument } from '../../src/services/posh.ts';
import { DOMAIN_KINDS } from './domain.ts';
import { NEEDS, type Need } from './needs.ts';
import { DANE_LOOKUPS, type ScenarioFile } from './scenario.ts';

const WORDS = '[a-z0-9]+(?:[-.][a-z0-9]+)*';
const name = z.string().regex(new RegExp(`^${WORDS}$`), 'kebab-case, such as no-srv-id');
/** As `{endpoint.NAME}` reads it. */
const endpointName = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'kebab-case, such as elsewhere');
const mechanism = z.string().regex(/^[A-Z0-9_-]{1,20}$/, 'a SASL mechanism: 1 to 20 of A-Z, 0-9, - and _');
const version = z.enum(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']);

const offer = <T extends z.ZodType>(what: T) =>
  z.strictObject({
    clear: what.optional().describe('before TLS; default: nothing'),
    tls: what.optional().describe('inside TLS'),
  });

const entity = z.strictObject({
  domain: z.enum(DOMAIN_KINDS).optional().describe('the kind of domain that the client is told; default: ordinary'),
  mechanisms: offer(z.array(mechanism))
    .optional()
    .describe('SASL mechanisms, best first; default inside TLS: SCRAM-SHA-256, SCRAM-SHA-1, PLAIN'),
  sasl2: offer(z.array(mechanism)).optional().describe('the same over SASL2 (XEP-0388); default: not offered'),
  'iq-auth': offer(z.boolean()).optional().describe('jabber:iq:auth (XEP-0078); default: not offered'),
  extensions: z
    .array(z.enum(Object.keys(EXTENSIONS) as [Extension, ...Extension[]]))
    .optional()
    .describe('what it offers beyond RFC 6120, inside TLS; default: nothing'),
  dialback: offer(z.boolean()).optional().describe('between servers: Server Dialback (XEP-0220); default: inside TLS'),
  bidi: offer(z.boolean())
    .optional()
    .describe('between servers: bidirectional streams (XEP-0288); default: not offered'),
  posh: z
    .enum(Object.keys(POSH_DOCUMENTS) as [PoshDocument, ...PoshDocument[]])
    .optional()
    .describe('between servers: what its document over HTTPS is like (RFC 7711); default: there is none'),
  'second-domain': z
    .boolean()
    .optional()
    .describe(
      'between servers: it serves a second domain at the same host and port, where the other one is told to send after the first; default: false',
    ),
  call: z
    .enum(Object.keys(CALLS) as [Calling, ...Calling[]])
    .optional()
    .describe('between servers: how it comes to the other one, which takes "needs: [s2s-listener]"; default: key'),
  dane: z
    .strictObject({
      tlsa: z
        .array(
          z
            .string()
            .refine(
              (text) => readTlsaWords(text) !== null,
              'usage, selector and matching type, as "3 1 1", and what of',
            ),
        )
        .describe(
          'TLSA records of the host: "3 1 1" of the credential of the entity, "3 1 1 self-signed" of another, or with data: "3 1 9 0a1b"',
        ),
      insecure: z
        .array(z.enum(DANE_LOOKUPS))
        .optional()
        .describe('what is in a zone that is not signed; default: nothing'),
    })
    .optional()
    .describe('between servers: what its DNS, signed, says of its certificates (RFC 7673); default: nothing is signed'),
  credential: name.optional().describe('a name from the credential table (xmpp-mallory ca lists it); default: valid'),
  tls: z
    .strictObject({ min: version.optional(), max: version.optional() })
    .optional()
    .describe('default: TLSv1.2 to TLSv1.3'),
});

const expected = z.record(z.string(), z.string());

const fields = {
  title: z.string().min(1).max(120).describe('the attack in one line'),
  description: z.string().min(1).describe('what the attacker does, and what a victim would lose'),
  importance: z.enum(['critical', 'high', 'medium', 'low', 'info']),
  namespaces: z
    .array(z.enum(['jabber:client', 'jabber:server']))
    .min(1)
    .optional()
    .describe(
      'whom it is for (RFC 6120, section 4.8.2): clients, servers that open streams, or both; default: [jabber:client]',
    ),
  transports: z
    .array(z.enum(['starttls', 'direct']))
    .min(1)
    .optional()
    .describe('default: [starttls, direct]'),
  session: z.enum(['once', 'stay']).optional().describe('what XMPP_SESSION says; default: once'),
  entity: entity.optional().describe('the receiving entity, where it is not a good server with the usual offer'),
  endpoints: z
    .record(
      endpointName,
      z.strictObject({
        credential: name.optional(),
        transport: z.enum(['starttls', 'direct']).optional().describe('default: the same as of the others'),
        refuses: z.boolean().optional().describe('nobody listens there: connections are refused'),
      }),
    )
    .optional()
    .describe('further listeners, for redirects and the like'),
  script: z.array(scriptItemSchema(z)).optional().describe('the tampering'),
  expect: z
    .strictObject({
      never: expected.optional().describe('observation: requirement that it breaks'),
      see: expected
        .optional()
        .describe('observation, or a list of them: requirement broken where none of them is seen'),
    })
    .optional(),
  'seen-in': z
    .array(z.string().min(1).max(120))
    .optional()
    .describe('where this went wrong in the wild, as published: CVE-2016-10027 (Smack); explain finds it by that'),
  'caught-by': z.array(name).optional().describe("the reference client's faults that this scenario must expose"),
  needs: z
    .array(z.enum(Object.keys(NEEDS) as [Need, ...Need[]]))
    .optional()
    .describe('abilities of the client that the scenario takes for granted'),
};

export const scenarioFileSchema: z.ZodType<ScenarioFile> = z.strictObject({
  id: z
    .string()
    .regex(new RegExp(`^[a-z0-9]+(?:-[a-z0-9]+)*/${WORDS}$`), 'family/kebab-case, such as stripping/my-attack')
    .describe('family/kebab-case, stable for ever'),
  ...fields,
  // What `partial` makes of a field can be undefined, too; a YAML file cannot say that.
  cases: z
    .array(z.strictObject({ suffix: name, ...z.strictObject(fields).partial().shape }))
    .optional()
    .describe(
      'one scenario for each: its fields are merged over the ones above, its suffix is added to the id',
    ) as unknown as z.ZodType<ScenarioFile['cases']>,
});

const level = z.enum(['must', 'should', 'info']);

export const requirementsSchema = z.record(
  z.string().regex(new RegExp(`^${WORDS}$`), 'an id such as rfc7590-3.1-not-deterred'),
  z.strictObject({
    source: z.string().min(1),
    section: z.union([z.string(), z.number().transform(String)]),
    level: z.union([
      level,
      z.strictObject({ rfc9525: level, rfc6125: level }),
      z.strictObject({ 'encryption-required': level, 'encryption-optional': level }),
      z.strictObject({ 'authentication-required': level, 'authentication-optional': level }),
    ]),
    text: z.string().min(1),
    checked: z.enum(['text', 'knowledge']),
    note: z.string().optional(),
  }),
);

/** The same as JSON Schema, for editors. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(scenarioFileSchema, { io: 'input' });
  return { $schema: schema.$schema, title: 'A scenario of xmpp-mallory', ...schema };
}
