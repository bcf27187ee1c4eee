/** Whether a promise settles within so many milliseconds; leaves no timer behind. It must not reject. */
export function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    // A busy event loop runs a late timer before it reads what arrived long ago: that still counts.
    const timer = setTimeout(() => setImmediate(resolve, false), ms);
    void promise.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
