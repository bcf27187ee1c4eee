/** Time limits that a busy process does not use up: whole test suites run in one, both ends of each connection too. */

const TICKS = 6;

/**
 * Calls `over` after `ms`, and not before the event loop has come round six times in between, spread over that time.
 * Returns how to cancel.
 */
export function after(ms: number, over: () => void): () => void {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
    if (ticks < TICKS) return;
    clearInterval(timer);
    over();
  }, ms / TICKS);
  return () => clearInterval(timer);
}
