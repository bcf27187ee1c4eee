/** Reads scenario files and requirements from folders. It takes zod and yaml: import it only where files are read. */
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { credentials } from '../../src/pki/credentials/index.ts';
import { OBSERVATIONS } from '../judge/observations.ts';
import { assemble } from './assemble.ts';
import { REQUIREMENTS } from './bundled.ts';
import type { Catalogue, Requirement } from './catalogue.ts';
import { checkScenarioFile, type Vocabulary } from './check.ts';
import { CORE_FILE } from './core.ts';
import { validate } from './issues.ts';
import { BadInput, type Problem, shown } from './problem.ts';
import { resolveScenarios } from './resolve.ts';
import type { Scenario } from './scenario.ts';
import { requirementsSchema, scenarioFileSchema } from './schema.ts';
import { readYaml, type YamlFile } from './yaml-file.ts';

export interface ReadOptions {
  /** What is there already: its requirements may be cited, its ids are taken. */
  base: Catalogue;
  /** The scenarios are this project's own. */
  bundled?: boolean;
}

/** The files of a folder and of all below it, requirements first. @throws BadInput if there is none. */
export async function scenarioFilesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOTDIR' ? 'is not a directory' : 'cannot be read: there is no such directory';
    throw new BadInput(`${shown(dir)} ${error.code === 'ENOENT' || error.code === 'ENOTDIR' ? why : error.message}.`);
  });
  const files = entries
    .filter((entry) => !entry.isDirectory() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => resolve(path) !== CORE_FILE)
    .sort();
  if (files.length === 0) throw new BadInput(`${shown(dir)} holds no scenario file (NAME.yaml).`);
  return files;
}

/** Adds the files' scenarios and requirements to the base. All that is wrong is told, not only the first. */
export async function readFiles(
  paths: readonly string[],
  { base, bundled = false }: ReadOptions,
): Promise<{ catalogue: Catalogue; problems: Problem[] }> {
  const files = await Promise.all(paths.map(async (path) => ({ path, yaml: await readYaml(path) })));
  const isRequirements = ({ path }: { path: string }) => basename(path) === REQUIREMENTS;
  const problems: Problem[] = [];

  const requirements = { ...base.requirements };
  for (const { yaml } of files.filter(isRequirements)) problems.push(...addRequirements(yaml, requirements));

  const vocabulary: Vocabulary = {
    observations: Object.keys(OBSERVATIONS),
    // Where a file of them cannot be used, every scenario would be told so.
    requirements: problems.length > 0 ? null : Object.keys(requirements),
    credentials: Object.keys(credentials),
  };
  const scenarios = [...base.scenarios];
  const taken = new Map(scenarios.map(({ id, source }) => [id, source]));
  for (const { yaml } of files.filter((file) => !isRequirements(file))) {
    const read = readScenarioFile(yaml, vocabulary, bundled);
    problems.push(...read.problems);
    for (const [index, scenario] of read.scenarios.entries()) {
      const other = taken.get(scenario.id);
      const path = read.scenarios.length > 1 ? ['cases', index, 'suffix'] : ['id'];
      if (other !== undefined) problems.push(yaml.problemAt(path, `the id ${scenario.id} is taken by ${other}.`));
      taken.set(scenario.id, yaml.file);
      scenarios.push(scenario);
    }
  }
  return { catalogue: assemble(scenarios, requirements), problems: inOrder(problems) };
}

function inOrder(problems: Problem[]): Problem[] {
  const files = [...new Set(problems.map(({ file }) => file))];
  const rank = ({ file, line, column }: Problem) => [files.indexOf(file), line ?? 0, column ?? 0] as const;
  return problems
    .map((problem) => ({ problem, rank: rank(problem) }))
    .sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1] || a.rank[2] - b.rank[2])
    .map(({ problem }) => problem);
}

function readScenarioFile(yaml: YamlFile, vocabulary: Vocabulary, bundled: boolean) {
  const { data, problems } = validate(scenarioFileSchema, yaml);
  if (data === null) return { scenarios: [] as Scenario[], problems };
  for (const { path, message, what } of checkScenarioFile(data, vocabulary, bundled))
    problems.push(yaml.problemAt(path, message, what));
  return { scenarios: resolveScenarios(data, yaml.file), problems };
}

function addRequirements(yaml: YamlFile, requirements: Record<string, Requirement>): Problem[] {
  const { data, problems } = validate(requirementsSchema, yaml);
  for (const [id, requirement] of Object.entries(data ?? {})) {
    if (id in requirements) problems.push(yaml.problemAt([id], `the requirement ${id} is there already.`, 'key'));
    if (requirement.checked === 'knowledge' && levelsOf(requirement).includes('must'))
      problems.push(
        yaml.problemAt(
          [id, 'level'],
          'what was not read in the document is at most "should": read it and say "checked: text", or lower the level.',
        ),
      );
    requirements[id] = requirement;
  }
  return problems;
}

const levelsOf = ({ level }: Requirement) => (typeof level === 'string' ? [level] : Object.values(level));
