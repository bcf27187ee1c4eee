/** Reads a recipe file: `recipe.yaml`, or `recipe.yaml#variant`. */
import { validate } from '../scenario/issues.ts';
import { didYouMean } from '../scenario/nearest.ts';
import { BadInput, badFiles, type Problem } from '../scenario/problem.ts';
import { readYaml } from '../scenario/yaml-file.ts';
import { placeholders, TOLD } from './fill.ts';
import type { Recipe } from './recipe.ts';
import { complete, recipeSchema } from './schema.ts';

export interface ReadRecipe {
  recipe: Recipe;
  /** The names of its variants. */
  variants: string[];
}

/** @throws BadInput with a sentence for each mistake, with its place. */
export async function readRecipe(path: string, variant: string | null = null): Promise<ReadRecipe> {
  const file = await readYaml(path);
  const { data, problems } = validate(recipeSchema, file);
  if (data === null) throw badFiles(problems);
  const { variants = {}, ...written } = data;
  const names = Object.keys(variants);
  if (variant !== null && !(variant in variants)) {
    const there = names.length > 0 ? `There are: ${names.join(', ')}.` : 'There is none.';
    throw new BadInput(`${file.file} has no variant "${variant}"${didYouMean(variant, names) || '.'} ${there}`);
  }
  const recipe = complete(written, variant === null ? {} : variants[variant]);
  const wrong: Problem[] = [];
  const known = [...TOLD, ...Object.keys(recipe.values)];
  for (const [key, text] of texts(recipe))
    for (const name of placeholders(text))
      if (!known.includes(name))
        wrong.push(
          file.problemAt(
            [key],
            `{${name}} in "${key}" is no value${didYouMean(name, known) || '.'} There are: ${known.join(', ')}.`,
            'key',
          ),
        );
  if (recipe.terminal && recipe.input !== null)
    wrong.push(
      file.problemAt(['input'], '"input" is for programs without a terminal; what is typed stands in "type".'),
    );
  if (wrong.length > 0) throw badFiles(wrong);
  return { recipe, variants: names };
}

function texts({ files, command, environment, input, type, quit }: Recipe): [key: string, text: string][] {
  return [
    ...Object.values(files).map(({ text }) => ['files', text] as const),
    ...command.flat().map((word) => ['command', word] as const),
    ...Object.values(environment).map((value) => ['environment', value] as const),
    ...type.map(({ keys }) => ['type', keys] as const),
    ['input', input ?? ''] as const,
    ['quit', quit ?? ''] as const,
  ].map(([key, text]) => [key, text]);
}
