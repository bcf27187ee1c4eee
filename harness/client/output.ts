/** Reads what a client prints, to the end whatever it prints: a full pipe would stop the client. */
import { createWriteStream, type WriteStream } from 'node:fs';
import type { Readable } from 'node:stream';

/** Octets of one stream that are looked at; what follows is read and thrown away. */
const KEPT = 1_048_576;
/** Octets. */
const TAIL = 8_192;
/**
 * Octets of one stream that are read as fast as they come. Beyond it the client is slowed down, one chunk in so many
 * milliseconds: each is memory of its own that Node gives back late, and eight floods at a time are a lot of it.
 */
const FAST = 4 * KEPT;
const PAUSE = 50;

export interface OutputOptions {
  /** Gets each piece of the first MiB. */
  onChunk?: ((chunk: Buffer) => void) | undefined;
  /** Called once, when there was more than the first MiB; `bytes` so far. */
  onFlood(bytes: number): void;
  /** The first MiB also goes to this file. A file that cannot be written is given up in silence. */
  file?: string | undefined;
}

export interface Output {
  /** Settles when the stream was read to its end, or given up, and the file is written. Never rejects. */
  closed: Promise<void>;
  /** The last 8 KiB so far, as text; whatever is no UTF-8 becomes U+FFFD. */
  tail(): string;
  /** Reads no further. */
  giveUp(): void;
}

export function readOutput(stream: Readable, { onChunk, onFlood, file }: OutputOptions): Output {
  const copy = file === undefined ? null : openCopy(file);
  let tail: Buffer = Buffer.alloc(0);
  let bytes = 0;

  stream.on('data', (chunk: Buffer) => {
    const wanted = chunk.subarray(0, Math.max(0, KEPT - bytes));
    const flooded = bytes > KEPT;
    bytes += chunk.length;
    tail = endOf(tail, chunk);
    if (wanted.length > 0) {
      copy?.write(wanted);
      onChunk?.(wanted);
    }
    if (bytes > KEPT && !flooded) onFlood(bytes);
    if (bytes > FAST) {
      stream.pause();
      setTimeout(() => stream.resume(), PAUSE).unref();
    }
  });
  stream.on('error', () => stream.destroy());

  return {
    closed: Promise.all([
      new Promise<void>((resolve) => stream.once('close', () => resolve())).then(() => copy?.end()),
      copy && new Promise<void>((resolve) => copy.once('close', () => resolve())),
    ]).then(() => undefined),
    tail: () => withoutPartialCharacter(tail).toString('utf8'),
    giveUp: () => stream.destroy(),
  };
}

function openCopy(path: string): WriteStream {
  const copy = createWriteStream(path);
  copy.on('error', () => copy.destroy());
  return copy;
}

/** Always a copy: a slice would keep the whole chunk in memory. */
function endOf(before: Buffer, chunk: Buffer): Buffer {
  const room = Math.max(0, TAIL - chunk.length);
  return Buffer.concat([room === 0 ? before.subarray(0, 0) : before.subarray(-room), chunk.subarray(-TAIL)]);
}

/** The cut at 8 KiB may have gone through a character: its continuation bytes, three at most, go too. */
function withoutPartialCharacter(tail: Buffer): Buffer {
  if (tail.length < TAIL) return tail;
  const start = tail.subarray(0, 3).findIndex((byte) => (byte & 0xc0) !== 0x80);
  return tail.subarray(start === -1 ? 3 : start);
}
