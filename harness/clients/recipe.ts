/** Programs that a person operates: a recipe says what to write, start and type (docs/clients.md). */
import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mustBeExecutable } from '../client/executable.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { type Detection, type Driver, driverFile, found, missing } from './driver.ts';
import { runTool } from './tool.ts';

/** `path`: below `harness/clients`, or absolute. `confined` is what the recipe says of itself, for who cannot wait. */
export function recipeDriver(path: string, variant: string | null = null): Driver {
  const file = driverFile(path);
  const recipe = async () => (await (await import('../recipe/read.ts')).readRecipe(file, variant)).recipe;
  return {
    file,
    detect: async () => detected(await recipe()),
    command: async (cacheDir) => commandOf(await recipe(), cacheDir),
  };
}

export async function detected(recipe: Recipe): Promise<Detection> {
  const absent = programsOf(recipe).find((program) => !isExecutable(program));
  if (absent !== undefined) return missing(`${absent} is not installed`);
  if (recipe.version === null) return { installed: true, version: null };
  const [program = '', ...words] = recipe.version;
  const asked = await runTool(program, words);
  return asked.ok ? found(/\d[\w.+~-]*/.exec(asked.stdout)?.[0] ?? '') : missing(asked.why);
}

/** What runs the recipe. It gets it checked and as JSON: it is started often, and reads it fast so. */
export async function commandOf(recipe: Recipe, cacheDir: string): Promise<string[]> {
  const { installed, why } = await detected(recipe);
  if (!installed) throw new Error(why);
  const text = JSON.stringify(recipe);
  const name = `recipe-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.json`;
  await mkdir(cacheDir, { recursive: true });
  const unfinished = join(cacheDir, `${name}.${process.pid}`);
  await writeFile(unfinished, text);
  await rename(unfinished, join(cacheDir, name));
  return [process.execPath, ...OPERATOR, join(cacheDir, name)];
}

/** From source it takes the loader that the tests use. */
const OPERATOR = import.meta.url.endsWith('.ts')
  ? [`--import=${import.meta.resolve('tsx')}`, fileURLToPath(new URL('../recipe/operate.ts', import.meta.url))]
  : [fileURLToPath(new URL('../recipe/operate.js', import.meta.url))];

function programsOf({ command, needs, files, terminal, display, unprivileged }: Recipe): string[] {
  return [
    [command[0] ?? ''].flat()[0] ?? '',
    ...needs,
    ...(terminal ? ['script', 'stty'] : []),
    ...(display ? ['Xvfb'] : []),
    ...(Object.values(files).some(({ sqlite }) => sqlite) ? ['sqlite3'] : []),
    ...(unprivileged ? ['unshare'] : []),
  ];
}

function isExecutable(program: string): boolean {
  try {
    mustBeExecutable(program, process.env.PATH);
    return true;
  } catch {
    return false;
  }
}
