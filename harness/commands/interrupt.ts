/** Ctrl-C, and being told to end. */

export interface Interrupt {
  signal: AbortSignal;
  dispose(): void;
}

/**
 * The first SIGINT, SIGTERM or SIGHUP aborts; the next one ends this process at once with status 130, and whatever runs
 * below it with SIGKILL (harness/client/registry.ts).
 */
export function endOnSignal(onFirst: (name: string) => void): Interrupt {
  const controller = new AbortController();
  const listener = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(130);
    onFirst(name);
    controller.abort();
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, listener);
  return {
    signal: controller.signal,
    dispose() {
      for (const name of names) process.off(name, listener);
    },
  };
}
