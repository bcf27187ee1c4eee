/** What stays open until a run ends: the ports of its sessions, so that no straggler lands on another session. */

export interface Held {
  hold(close: () => Promise<void>): void;
  /** Never rejects. */
  release(): Promise<void>;
}

/** Each is a file handle. Where repetitions make more, the oldest are let go: their clients have long been ended. */
const MOST = 4_000;

export function createHeld(): Held {
  const held: (() => Promise<void>)[] = [];
  return {
    hold(close) {
      held.push(close);
      if (held.length > MOST)
        held
          .shift()?.()
          .catch(() => undefined);
    },
    async release() {
      await Promise.allSettled(held.map((close) => close()));
    },
  };
}
