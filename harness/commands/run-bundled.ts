/** The clients that `--client` names: which they are, and how each is started. */
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { BundledClient } from '../clients/clients.ts';
import type { Driver } from '../clients/driver.ts';
import type { Via } from '../result.ts';
import { didYouMean } from '../scenario/nearest.ts';
import { BadInput, shown } from '../scenario/problem.ts';

/** What a client and a server have in common. */
export type Bundled = Driver &
  Pick<BundledClient, 'name' | 'install' | 'confined'> &
  Partial<Pick<BundledClient, 'via' | 'timeoutMs'>>;

/** Bundled ones, in their order, and files with a recipe, where these are clients. */
export function named<One extends Bundled>(list: string, known: readonly One[], what = 'client'): (One | string)[] {
  const names = known.map(({ name }) => name);
  const asked = [...new Set(list.split(',').map((name) => name.trim()))];
  const files = what === 'client' ? asked.filter((name) => /\.ya?ml(#|$)/.test(name)) : [];
  const unknown = asked.filter((name) => !names.includes(name) && !files.includes(name));
  if (unknown.length > 0)
    throw new BadInput(
      unknown.map(
        (name) =>
          `There is no bundled ${what} "${name}"${didYouMean(name, names) || '.'} There are: ${names.join(', ')}; all means each of them. Any other goes behind --.`,
      ),
    );
  return [...known.filter(({ name }) => asked.includes(name)), ...files];
}

export interface Driven {
  label: string;
  command: string[];
  version: string | null;
  /** Why it has to be: a clause. */
  confined: string | null;
  via: Via | undefined;
  timeoutMs: number | undefined;
}

/** @returns a sentence where it cannot be run. */
export const driven = (one: Bundled | string): Promise<Driven | string> =>
  typeof one === 'string' ? ownRecipe(one) : bundled(one);

async function bundled({ name, install, confined, via, timeoutMs, ...driver }: Bundled): Promise<Driven | string> {
  // At the same time, as each starts the interpreter; the second says less about what is missing.
  const [{ installed, version, why }, command] = await Promise.all([
    driver.detect(),
    driver.command(driverCache()).catch((error: unknown) => (error instanceof Error ? error.message : String(error))),
  ]);
  if (!installed) return `${name} is not installed (${why ?? 'it was not found'}). To install it: ${install}`;
  if (typeof command === 'string') return `The driver of ${name} cannot be made: ${command} (${install})`;
  return { label: name, command, version, confined, via: via ?? undefined, timeoutMs: timeoutMs ?? undefined };
}

/** `recipe.yaml` or `recipe.yaml#variant`. */
async function ownRecipe(name: string): Promise<Driven | string> {
  const [{ commandOf, detected }, { readRecipe }] = await Promise.all([
    import('../clients/recipe.ts'),
    import('../recipe/read.ts'),
  ]);
  const [path = '', variant] = name.split('#');
  const { recipe } = await readRecipe(path, variant);
  const { installed, version, why } = await detected(recipe);
  if (!installed) return `The program of ${shown(path)} cannot be run: ${why}.`;
  const confined = recipe.confined ? 'its recipe says so' : null;
  return {
    label: name,
    command: await commandOf(recipe, driverCache()),
    version,
    confined,
    via: recipe.via ?? undefined,
    timeoutMs: recipe.timeout === null ? undefined : recipe.timeout * 1_000,
  };
}

/** Null: it works here. */
export async function whyUnconfinable(): Promise<string | null> {
  const [{ openConfinement }, { makeDirectory }] = await Promise.all([
    import('../confine/confine.ts'),
    import('../run/directory.ts'),
  ]);
  const directory = await makeDirectory();
  try {
    await (await openConfinement(join(directory, 'rooms'))).close();
    return null;
  } catch (error) {
    if (error instanceof BadInput) return error.message;
    throw error;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** For drivers that are compiled: in the user's own cache, where nobody else can put a program. */
function driverCache(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'xmpp-mallory', 'drivers');
}
