/** Keys of `expect.see`: one observation, or a list of which any will do, as YAML writes it: `[a, b]`. */
export function observationNames(key: string): string[] {
  const list = /^\[(.*)\]$/s.exec(key.trim());
  return (list?.[1] ?? key).split(',').map((name) => name.trim());
}
