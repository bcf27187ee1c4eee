/**
 * The dial-back of a receiving server (XEP-0220, section 2.3): a stream of its own to the authoritative server of the domain
 * that has sent a key, on which it asks whether the key is that server's.
 */
import type { Issued } from '../pki/credentials/row.ts';
import type { Transcript } from '../transcript.ts';
import { element, is } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';
import { openServerStream, type ServerStream } from './server-stream.ts';

export interface Verification {
  /** Whose authoritative server is asked. */
  domain: string;
  /** Who asks. */
  by: string;
  /** Of the stream on which the key came. */
  streamId: string;
  key: string;
}

/** What that server says, or why it cannot be asked: the condition of a stanza error. Never rejects. */
export type Verify = (verification: Verification) => Promise<'valid' | 'invalid' | { error: string }>;

export interface DialBackOptions {
  transcript: Transcript;
  /** The number of the next connection. */
  nextConnection(): number;
  /** Where a domain's authoritative server is reached; null: nowhere. */
  authoritative(domain: string): { host: string; port: number } | null;
  /** What is presented there: who has to have a good certificate to be spoken to is asked with one. */
  identity(by: string): Promise<Pick<Issued, 'key' | 'chain'>>;
  /** For the stream, and for the answer. Milliseconds; default 5,000. */
  patienceMs?: number | undefined;
}

export interface DialBack {
  verify: Verify;
  /** Ends what is still going on. */
  close(): void;
}

export function createDialBack({
  transcript,
  nextConnection,
  authoritative,
  identity,
  patienceMs = 5_000,
}: DialBackOptions): DialBack {
  const open = new Set<ServerStream>();
  return {
    async verify({ domain, by, streamId, key }) {
      const at = authoritative(domain);
      if (!at) return { error: 'remote-server-not-found' };
      let stream: ServerStream | null = null;
      try {
        stream = await openServerStream({
          ...at,
          connection: nextConnection(),
          transcript,
          from: by,
          to: domain,
          identity: await identity(by),
          patienceMs,
        });
        open.add(stream);
        stream.send(element('db:verify', NS.dialback, { from: by, to: domain, id: streamId }, key));
        for (;;) {
          const answer = await stream.next();
          if (is(answer, 'error', NS.streams)) return { error: 'remote-server-not-found' };
          if (!is(answer, 'verify', NS.dialback) || answer.attrs.id !== streamId) continue;
          return answer.attrs.type === 'valid' ? 'valid' : 'invalid';
        }
      } catch {
        // What did not work stands in the transcript: the connection and how it ended.
        return { error: 'remote-server-timeout' };
      } finally {
        if (stream) {
          stream.close();
          open.delete(stream);
        }
      }
    },
    close() {
      for (const stream of open) stream.close();
    },
  };
}
