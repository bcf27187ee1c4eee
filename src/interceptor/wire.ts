/** Mallory's writing side of a connection: what is written, in which TCP segments, and after which waits. */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Split } from '../script/moment.ts';
import { type Piece, shaken } from './shake.ts';

/** No write is cut into more pieces than this, so that no script keeps a connection busy for ever. */
const MAX_PIECES = 20_000;

/** Every call takes effect after all that was asked before; without waits or cuts that is at once. */
export interface Wire {
  /**
   * Writes in one TCP segment or, with a split, in several; `whole`: in one even where all else is shaken. `written` is
   * not called if the connection is gone.
   */
  write(bytes: Buffer, split: Split | 'whole' | null, written: () => void): void;
  /** Keeps bytes for the next write, in front of it. */
  hold(bytes: Buffer): void;
  /** Waits, in milliseconds. */
  wait(ms: number): void;
  /** Does something, if the connection is still there and not stalled. */
  next(task: (socket: Socket) => void): void;
  /** Does something that takes its time; what is asked for later waits for it. */
  task(work: () => Promise<void>): void;
  /** Nothing is written any more; the connection stays open. */
  stall(): void;
  /** From now on bytes go through this socket: TLS on top of the first one. */
  through(socket: Socket): void;
  /** How long the script has made this connection wait, in milliseconds. */
  waitedMs(): number;
}

/**
 * @param random numbers from 0 to 1, for `split: seeded` and for shaking
 * @param shake whether every write without a split of its own is cut and delayed at random
 */
export function createWire(first: Socket, random: () => number, shake: boolean): Wire {
  let socket = first;
  let held: Buffer[] = [];
  let stalled = false;
  let waited = 0;
  let tail: Promise<void> | null = null;

  function enqueue(task: () => Promise<void> | undefined): void {
    const started = tail ? tail.then(task) : task();
    if (!started) return;
    const settled = started.then(() => {
      if (tail === settled) tail = null;
    });
    tail = settled;
  }

  const usable = () => !stalled && !socket.destroyed && !socket.writableEnded;

  async function putShaken(pieces: Piece[]): Promise<void> {
    for (const { bytes, afterMs } of pieces) {
      if (afterMs > 0) await elapsedOrClosed(socket, afterMs);
      waited += afterMs;
      await putPieces(socket, [bytes]);
    }
  }

  return {
    write(bytes, split, written) {
      enqueue(() => {
        if (!usable()) return undefined;
        const together = held.length > 0;
        const whole = together ? Buffer.concat([...held, bytes]) : bytes;
        held = [];
        if (split && split !== 'whole') return putPieces(socket, cut(whole, split, random)).then(written);
        if (shake) return putShaken(shaken(whole, random, together || split === 'whole')).then(written);
        if (!socket.write(whole)) holdBack(socket);
        written();
        return undefined;
      });
    },
    hold(bytes) {
      enqueue(() => {
        held.push(bytes);
        return undefined;
      });
    },
    wait(ms) {
      if (ms <= 0) return;
      enqueue(() => {
        if (!usable()) return undefined;
        waited += ms;
        return elapsedOrClosed(socket, ms);
      });
    },
    next(task) {
      enqueue(() => {
        if (usable()) task(socket);
        return undefined;
      });
    },
    task(work) {
      enqueue(() => (usable() ? work() : undefined));
    },
    stall() {
      enqueue(() => {
        stalled = true;
        return undefined;
      });
    },
    through(upgraded) {
      socket = upgraded;
    },
    waitedMs: () => waited,
  };
}

/** Octets that wait for a client which asks and does not read. Then it is not asked for more, either. */
const MOST_WAITING = 1_048_576;

function holdBack(socket: Socket): void {
  if (socket.writableLength < MOST_WAITING || socket.isPaused()) return;
  socket.pause();
  socket.once('drain', () => socket.resume());
}

function elapsedOrClosed(socket: Socket, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      socket.off('close', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    socket.once('close', finish);
  });
}

async function putPieces(socket: Socket, pieces: Buffer[]): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed || socket.writableEnded) return;
    await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
    // An in-process client reads each segment by itself only if its turn of the event loop comes in between. Inside TLS
    // each piece is a record, which is read by itself in any case.
    if (!(socket instanceof TLSSocket)) await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

function cut(bytes: Buffer, split: Split, random: () => number): Buffer[] {
  const offsets = Array.isArray(split) ? split : split === 'seeded' ? seeded(bytes, random) : everyOffset(bytes);
  const bounds = [0, ...offsets.filter((offset) => offset < bytes.length).sort((a, b) => a - b), bytes.length];
  return bounds.slice(1).map((bound, index) => bytes.subarray(bounds[index], bound));
}

function everyOffset(bytes: Buffer): number[] {
  return Array.from({ length: Math.min(Math.max(bytes.length - 1, 0), MAX_PIECES) }, (_, index) => index + 1);
}

function seeded(bytes: Buffer, random: () => number): number[] {
  const offsets: number[] = [];
  for (let at = 1 + Math.floor(random() * 16); at < bytes.length; at += 1 + Math.floor(random() * 16)) offsets.push(at);
  return offsets;
}
