/** Placeholders of a recipe: what the client is told, as its environment says it (docs/drivers.md), and the recipe's own values. */
import type { Transport } from '../../src/transcript.ts';
import type { Recipe, RecipeFile } from './recipe.ts';

/** Null: it is not told, as host and port where the client has to look its server up. */
export type Values = ReadonlyMap<string, string | null>;

export const TOLD = ['host', 'port', 'domain', 'localpart', 'jid', 'password', 'ca', 'tls', 'session', 'home'] as const;

export function valuesOf(recipe: Pick<Recipe, 'values'>, env: NodeJS.ProcessEnv): Values {
  const jid = env.XMPP_JID ?? '';
  const tls: Transport = env.XMPP_TLS === 'direct' ? 'direct' : 'starttls';
  const told: Record<(typeof TOLD)[number], string | null> = {
    host: env.XMPP_HOST ?? null,
    port: env.XMPP_PORT ?? null,
    domain: env.XMPP_DOMAIN ?? '',
    localpart: jid.slice(0, Math.max(jid.indexOf('@'), 0)),
    jid,
    password: env.XMPP_PASSWORD ?? '',
    ca: env.XMPP_CA_FILE ?? '',
    tls,
    session: env.XMPP_SESSION ?? 'once',
    home: env.XMPP_STATE_DIR ?? '',
  };
  const own = Object.entries(recipe.values).map(([name, value]): [string, string] => {
    return [name, typeof value === 'string' ? value : value[tls]];
  });
  return new Map([...Object.entries(told), ...own]);
}

/** In one pass: a password that looks like a placeholder stays what it is. Null: a value in it is not told. */
function fill(text: string, values: Values, spelled = (value: string) => value): string | null {
  let untold = false;
  const filled = text.replace(PLACEHOLDER, (placeholder, name: string) => {
    const value = values.get(name);
    if (value === null) untold = true;
    return value === undefined ? placeholder : spelled(value ?? '');
  });
  return untold ? null : filled;
}

/** In XML and in SQL (between single quotes) the values are escaped. */
export function fillFile(path: string, { text, sqlite }: RecipeFile, values: Values): string {
  return fillLines(text, values, sqlite ? sql : path.endsWith('.xml') ? xml : undefined);
}

/** Without the lines in which a value is not told. */
export function fillLines(text: string, values: Values, spelled?: (value: string) => string): string {
  return text
    .split('\n')
    .flatMap((line) => fill(line, values, spelled) ?? [])
    .join('\n');
}

export function fillCommand(command: Recipe['command'], values: Values): string[] {
  return command.flatMap((word) => {
    const filled = [word].flat().map((one) => fill(one, values));
    return filled.every((one) => one !== null) ? filled : [];
  });
}

/** Names in braces, which may not be known. */
export function placeholders(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}

const PLACEHOLDER = /\{([a-z]+(?:-[a-z]+)*)\}/g;

const xml = (text: string) => text.replace(/[<>&"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
const sql = (text: string) => text.replaceAll("'", "''");
