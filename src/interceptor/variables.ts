/** The variables of a script's texts: `{domain}`, `{jid}`, `{endpoint.NAME}`, `{endpoint.NAME.port}`... Nothing else is ever expanded. */

const VARIABLE = /\{((?:domain|jid|resource|stream-id|canary|peer)|endpoint\.[a-z0-9-]+(?:\.port)?)\}/g;

/** A variable without a value stays as it is written. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(VARIABLE, (whole, name: string) => values[name] ?? whole);
}
