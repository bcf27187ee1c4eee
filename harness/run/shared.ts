/** What is made once for all who need it. */

/**
 * Who was the first to need it may be cancelled: then the next makes it. What else goes wrong is told to all who wait, and
 * forgotten: a machine that had no file handle left may have one for those who come later, which in `serve` is hours.
 */
export function shared<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const before = known.get(key);
  if (before)
    return before.catch((error: unknown) => (wasAborted(error) ? shared(known, key, make) : Promise.reject(error)));
  const made = make();
  known.set(key, made);
  made.catch(() => known.get(key) === made && known.delete(key));
  return made;
}

const wasAborted = (error: unknown) => error instanceof Error && error.name === 'AbortError';
