import type * as zod from 'zod';
import { DH_DEVIATIONS, type Forgery, RETRIES } from '../../tls/records/forgery.ts';
import { type Delivery, type DeliveryView, defineAction, type Zod } from '../action.ts';
import { consumed } from '../delivery.ts';

/**
 * Answers the ClientHello with a forged flight in place of TLS: a correct server's, with its real certificate and
 * signatures, but for one thing. It goes as far as what the client must not answer. The control is the same flight with
 * nothing wrong in it.
 */
export const forge = defineAction<Forgery>({
  points: ['tls-handshake'],
  params: forgerySchema,
  apply(moment, forgery) {
    if (!moment.handshake) return false;
    moment.handshake.instead = { kind: 'forge', forgery };
    return true;
  },
  delivered: flightSeen,
});

function forgerySchema(z: Zod): zod.ZodType<Forgery> {
  const code = z.number().int().min(0).max(0xffff);
  const extension = z.strictObject({
    type: code,
    data: z
      .string()
      .regex(/^([0-9a-f]{2})*$/, 'octets in hexadecimal digits')
      .optional(),
    times: z.number().int().min(1).max(2).optional(),
    only: z.enum(['offered', 'unsolicited']).optional(),
  });
  const words = <Names extends Record<string, string>>(names: Names) =>
    z.enum(Object.keys(names) as [keyof Names & string]).describe(
      `${Object.entries(names)
        .map(([name, text]) => `\`${name}\`: ${text}`)
        .join('; ')}.`,
    );
  const shape = {
    flight: z.enum(['TLSv1.2', 'TLSv1.3']).describe('Which correct flight goes wrong. Default: TLSv1.2.'),
    exchange: z
      .enum(['ecdhe', 'dhe', 'rsa'])
      .describe('TLS 1.2: how the keys are agreed on; default: ecdhe. The others take a credential with an RSA key.'),
    curve: z
      .enum(['x25519', 'secp256r1'])
      .describe(
        'TLS 1.2: of ECDHE; default: the first that is offered. `secp256r1`: or P-384 or P-521, where the client does not offer it.',
      ),
    version: code.describe('`server_version`. Below TLS 1.2 all messages have the form of that version.'),
    'selected-version': code.describe('`supported_versions`, in TLS 1.2 also where there should be none.'),
    suite: z
      .union([code, z.literal('unoffered')])
      .describe('`unoffered`: one of the right kind that the client lacks.'),
    compression: z.number().int().min(0).max(255).describe('The compression method.'),
    'session-id': z
      .enum(['too-long', 'not-echoed'])
      .describe('33 octets, or, in TLS 1.3, another one than the client has sent.'),
    extension: extension.describe(
      'One more in the ServerHello, or, with `times: 2`, two. `data` in hexadecimal digits. `only`: to clients that do, or do not, offer it.',
    ),
    'encrypted-extension': extension.describe('The same in the EncryptedExtensions of TLS 1.3.'),
    'renegotiation-info': z.enum(['missing', 'not-empty']).describe('TLS 1.2: RFC 5746.'),
    sentinel: z
      .enum(['TLSv1.2', 'TLSv1.1'])
      .describe('TLS 1.2: the end of the random says that a better version was possible. Only to clients of TLS 1.3.'),
    group: z.literal('unoffered').describe('TLS 1.2: the curve is none that the client offers.'),
    point: z.enum(['off-curve', 'zero', 'infinity', 'short']).describe('TLS 1.2: the public value of ECDHE.'),
    dh: words(DH_DEVIATIONS),
    'export-key': z.literal(true).describe('TLS 1.2: a ServerKeyExchange with an RSA key of 512 bits.'),
    signature: z
      .enum(['corrupt', 'empty', 'other-key', 'other-randoms', 'other-context', 'unoffered', 'sha1'])
      .describe(
        'Of ServerKeyExchange or CertificateVerify; `other-context` in TLS 1.3 only, the last two in TLS 1.2 only.',
      ),
    finished: z.literal('corrupt').describe("TLS 1.3: the server's own Finished."),
    omit: z
      .enum(['certificate', 'server-key-exchange', 'certificate-verify'])
      .describe('A message that is left out; the second in TLS 1.2 only, the last in TLS 1.3 only.'),
    certificate: z
      .enum(['empty', 'garbage', 'truncated', 'trailing'])
      .describe(
        'The Certificate message has no certificate in it; or octets that are no DER, half of the leaf, or the leaf and octets behind it.',
      ),
    retry: words(RETRIES),
    'ssl-2': z.literal(true).describe('A SERVER-HELLO of SSL 2.0.'),
  } satisfies Record<keyof Forgery, zod.ZodType>;
  return z
    .strictObject(shape)
    .partial()
    .superRefine((forgery, context) => {
      const message = oddity(forgery as Forgery);
      if (message) context.addIssue({ code: 'custom', message });
    })
    .meta({ title: 'forgery' }) as unknown as zod.ZodType<Forgery>;
}

const KIND = ['flight', 'exchange', 'curve'];
const ONLY_TLS_1_2 = ['renegotiation-info', 'sentinel', 'group', 'point', 'dh', 'export-key', 'exchange', 'curve'];
const ONLY_TLS_1_3 = ['finished', 'encrypted-extension'];
/** Values of fields that exist in both. */
const VALUES_OF_TLS_1_2 = ['unoffered', 'sha1', 'server-key-exchange'];
const VALUES_OF_TLS_1_3 = ['other-context', 'certificate-verify', 'not-echoed'];

/** What would not take place would look like a client that falls for it. */
function oddity(forgery: Forgery): string | null {
  const names = Object.keys(forgery);
  const wrong = names.filter((name) => !KIND.includes(name));
  // An EXPORT suite comes with its key.
  const both = forgery['export-key'] && forgery.suite !== undefined ? 2 : 1;
  if (wrong.length > both) return `name one thing that is wrong, not ${wrong.join(' and ')}`;
  const tls13 = forgery.flight === 'TLSv1.3';
  const misplaced = names.find((name) => (tls13 ? ONLY_TLS_1_2 : ONLY_TLS_1_3).includes(name));
  if (misplaced) return `${misplaced} is of ${tls13 ? 'TLS 1.2' : 'TLS 1.3: say flight: TLSv1.3'}`;
  const { signature, omit, exchange = 'ecdhe' } = forgery;
  const value = [signature, omit, forgery['session-id']].find(
    (one) => one !== undefined && (tls13 ? VALUES_OF_TLS_1_2 : VALUES_OF_TLS_1_3).includes(one),
  );
  if (value) return `${value} is of ${tls13 ? 'TLS 1.2' : 'TLS 1.3: say flight: TLSv1.3'}`;
  if (forgery.dh && exchange !== 'dhe') return 'dh takes exchange: dhe';
  if (forgery['export-key'] && exchange !== 'rsa') return 'export-key takes exchange: rsa';
  if ((forgery.point || forgery.group || forgery.curve) && exchange !== 'ecdhe') return 'a curve takes exchange: ecdhe';
  if ((signature || omit === 'server-key-exchange') && exchange === 'rsa')
    return 'exchange: rsa has no ServerKeyExchange';
  if ((forgery.retry || forgery['ssl-2']) && names.length > 1) return 'retry and ssl-2 stand alone';
  return null;
}

/** It was written, to the client that the control has met, and the client then acted or was silent for long enough. */
function flightSeen(view: DeliveryView): Delivery {
  const own = view.observations.filter((o) => 'connection' in o && o.connection === view.action.connection);
  const failed = own.find((o) => o.layer === 'tls' && o.type === 'failed');
  if (failed?.layer === 'tls' && failed.type === 'failed') {
    if (failed.how === 'not-offered') return { state: 'not-offered', why: failed.message };
    if (failed.how === 'incapable') return { state: 'too-slow', why: `it cannot be forged here: ${failed.message}` };
  }
  const hello = own.find((o) => o.layer === 'tls' && o.type === 'client-hello');
  if (
    hello?.layer === 'tls' &&
    hello.type === 'client-hello' &&
    view.controlHello !== null &&
    hello.kind !== view.controlHello
  )
    return { state: 'unlike-control', why: 'the ClientHello is not of the kind that the client sent in its control' };
  const forged = own.find((o) => o.layer === 'tls' && o.type === 'forged');
  if (!forged) return { state: 'too-slow', why: 'the client left before the forged flight was written' };
  return consumed({ ...view, action: { ...view.action, n: forged.n, t: forged.t } });
}
