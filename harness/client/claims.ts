/** What a client says of itself. It is free to say anything: only what is well formed and short is taken. */
import { StringDecoder } from 'node:string_decoder';
import type { Claim } from '../../src/transcript.ts';

/** More claims than any session has logins; further ones are ignored. */
const MOST_CLAIMS = 100;
/** In UTF-16 units. */
const LONGEST_LINE = 8_192;
const LONGEST_REASON = 500;
const LONGEST_FACT = 200;

/** The valid part of something that may be a claim; null where nothing of it is, or where it has neither result nor tls. */
export function claimFrom(value: unknown): Claim | null {
  if (!isObject(value)) return null;
  const result = RESULTS.find((known) => known === value.result);
  const tls = isObject(value.tls) ? tlsFrom(value.tls) : {};
  const claim: Claim = {
    ...(result !== undefined && { result }),
    ...(Object.keys(tls).length > 0 && { tls }),
  };
  if (Object.keys(claim).length === 0) return null;
  return { ...claim, ...text('reason', value.reason, LONGEST_REASON) };
}

export interface ClaimReader {
  /** Any bytes, cut anywhere. */
  write(chunk: Uint8Array): void;
  /** A last line needs no line feed. */
  end(): void;
}

/** Finds the claims among the lines of standard output; everything else, also invalid UTF-8, is ignored. */
export function claimReader(onClaim: (claim: Claim) => void): ClaimReader {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  let overlong = false;
  let claims = 0;

  const finishLine = (rest: string) => {
    const line = overlong ? '' : (pending + rest).trim();
    pending = '';
    overlong = false;
    const claim = claims < MOST_CLAIMS ? claimInLine(line) : null;
    if (!claim) return;
    claims += 1;
    onClaim(claim);
  };

  return {
    write(chunk) {
      const lines = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)).split('\n');
      const unfinished = lines.pop() ?? '';
      for (const line of lines) finishLine(line);
      overlong ||= pending.length + unfinished.length > LONGEST_LINE;
      pending = overlong ? '' : pending + unfinished;
    },
    end() {
      finishLine(decoder.end());
    },
  };
}

const RESULTS = ['online', 'refused', 'unsupported'] as const;

function claimInLine(line: string): Claim | null {
  if (!line.startsWith('{') || line.length > LONGEST_LINE) return null;
  try {
    return claimFrom(JSON.parse(line));
  } catch {
    return null;
  }
}

function tlsFrom(value: Record<string, unknown>): NonNullable<Claim['tls']> {
  return {
    ...text('version', value.version, LONGEST_FACT),
    ...text('cipher', value.cipher, LONGEST_FACT),
    ...text('certificate_sha256', value.certificate_sha256, LONGEST_FACT),
    ...text('verified_by', value.verified_by, LONGEST_FACT),
    ...(typeof value.certificate_changed === 'boolean' && { certificate_changed: value.certificate_changed }),
  };
}

function text<Name extends string>(name: Name, value: unknown, longest: number): { [key in Name]?: string } {
  return typeof value === 'string' ? ({ [name]: value.slice(0, longest) } as { [key in Name]?: string }) : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
