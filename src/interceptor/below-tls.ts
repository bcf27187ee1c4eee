/** What a script asks for below TLS, as the rewriter and the tap want it, and what is recorded of it. */
import type { Issued } from '../pki/credentials/row.ts';
import { recordOctets } from '../script/actions/record.ts';
import type { RewriteData } from '../script/actions/rewrite.ts';
import { createRewriter, type Rewrite } from '../tls/records/rewrite.ts';
import type { Between } from '../tls/tap.ts';
import type { Transcript } from '../transcript.ts';

export interface BelowOptions {
  connection: number;
  transcript: Transcript;
  issue(credential: string): Promise<Issued>;
}

/** Rejects where a credential cannot be issued. */
export async function between(data: RewriteData, options: BelowOptions): Promise<Between> {
  const { connection, transcript } = options;
  const on = { layer: 'tls', connection } as const;
  const rewritten = () => void transcript.record({ ...on, type: 'rewritten', from: 'mallory' });
  const rewrite = await rewriteOf(data, options);
  const { toServer, toClient } = createRewriter(rewrite, {
    rewritten,
    impossible: (why) => void transcript.record({ ...on, type: 'rewritten', from: 'mallory', impossible: why }),
    client: (seen) => void transcript.record({ ...on, type: 'record', ...seen, from: 'client' }),
  });
  return { toServer, toClient, ...('pace' in data && { paceMs: data.pace }) };
}

async function rewriteOf(data: RewriteData, { issue }: BelowOptions): Promise<Rewrite> {
  if ('hide' in data) return { kind: 'hide', extension: data.hide };
  if ('strip' in data) return { kind: 'strip', extension: data.strip };
  if ('certificate' in data)
    return { kind: 'certificate', chain: data.certificate === 'none' ? [] : chainOf(await issue(data.certificate)) };
  if ('fragment' in data) return { kind: 'fragment', size: data.fragment };
  if ('coalesce' in data) return { kind: 'coalesce' };
  if ('record-version' in data) return { kind: 'record-version', version: data['record-version'] };
  if ('stall' in data) return { kind: 'stall', after: data.stall };
  if ('pace' in data) return { kind: 'pace' };
  const { insert } = data;
  const [where, message] =
    'before' in insert ? (['before', insert.before] as const) : (['after', insert.after] as const);
  return { kind: 'insert', where, message, octets: recordOctets(insert) };
}

/** What is sent with a credential, as DER. */
const chainOf = ({ chain }: Issued): Buffer[] =>
  [...chain.matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END/g)].map(([, base64 = '']) =>
    Buffer.from(base64, 'base64'),
  );
