/** Runs what the CI recipes say as their runners would, as far as that takes a shell and nothing else. */
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { matchesPattern } from '../../harness/scenario/glob.ts';

export interface Ended {
  status: number;
  output: string;
}

export interface Place {
  cwd: string;
  env?: Record<string, string> | undefined;
}

/** A script as GitHub runs it (`shell: bash`), or as a container does, line by line in one `sh -e`. */
export function shell(script: string, { cwd, env }: Place, program: 'bash' | 'sh' = 'sh'): Promise<Ended> {
  const words = program === 'bash' ? ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script] : ['-e', '-c', script];
  const around = { ...process.env, NO_COLOR: '1', npm_config_prefer_offline: 'true', ...env };
  return new Promise((resolve) => {
    execFile(program, words, { cwd, env: around, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

export interface ActionStep {
  uses?: string;
  name?: string;
  if?: string;
  shell?: string;
  run?: string;
  env?: Record<string, string>;
  'working-directory'?: string;
}

export interface Action {
  inputs: Record<string, { description: string; default?: string; required?: boolean }>;
  runs: { using: string; steps: ActionStep[] };
}

/** The steps of a composite action that have a script, each until one fails; `facts`: `github.x`, `runner.x`. */
export async function runAction(
  { inputs, runs }: Action,
  given: Record<string, string>,
  facts: Record<string, string>,
  { cwd, env }: Place,
): Promise<Ended> {
  const unknown = Object.keys(given).filter((name) => !(name in inputs));
  if (unknown.length > 0) throw new Error(`action.yml has no input ${unknown}`);
  const known = new Map(Object.entries(facts));
  for (const [name, input] of Object.entries(inputs)) known.set(`inputs.${name}`, given[name] ?? input.default ?? '');
  const filled = (text: string) =>
    text.replace(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) => {
      const value = known.get(name);
      if (value === undefined) throw new Error(`Nobody knows ${name}`);
      return value;
    });
  let last: Ended = { status: 0, output: '' };
  for (const step of runs.steps) {
    if (step.run === undefined) continue;
    if (step.run.includes('${{')) throw new Error('an expression in a script is an injection: give it by env');
    const own = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value)]));
    last = await shell(step.run, { cwd: filled(step['working-directory'] ?? cwd), env: { ...env, ...own } }, 'bash');
    if (last.status !== 0) break;
  }
  return last;
}

/** The inputs of a GitLab template in the text of its job. */
export function interpolated(text: string, inputs: Record<string, string>): string {
  return text.replace(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_, name: string) => {
    const value = inputs[name];
    if (value === undefined) throw new Error(`The template has no input ${name}`);
    return value;
  });
}

/**
 * Follows a Containerfile without a container: each stage has a folder, an absolute path is below it, and npm's prefix is
 * its `/usr/local`. @returns the folder of the last stage, and of the others by name.
 */
export async function build(file: string, context: string, into: string): Promise<Record<string, string>> {
  const stages: Record<string, string> = {};
  let [stage, workdir] = ['', '/'];
  for (const [, instruction = '', rest = ''] of (await readFile(file, 'utf8')).matchAll(/^([A-Z]+) (.*)$/gm)) {
    const words = rest.split(' ');
    if (instruction === 'FROM') {
      const name = words[1] === 'AS' ? (words[2] ?? '') : 'last';
      stage = join(into, name);
      stages[name] = stage;
      workdir = '/';
      await mkdir(join(stage, 'usr/local'), { recursive: true });
    } else if (instruction === 'WORKDIR') {
      workdir = rest;
      await mkdir(join(stage, workdir), { recursive: true });
    } else if (instruction === 'COPY') {
      const [, from] = /^--from=(\w+)$/.exec(words[0] ?? '') ?? [];
      const root = from ? (stages[from] ?? '') : context;
      const sources = (await Promise.all(words.slice(from ? 1 : 0, -1).map((word) => matching(word, root)))).flat();
      const target = words.at(-1) ?? '';
      const base = target.startsWith('/') ? join(stage, target) : join(stage, workdir, target);
      for (const source of sources) {
        const isFile = /\.\w+$|LICENSE$/.test(source);
        await cp(join(root, source), isFile && target.endsWith('/') ? join(base, source) : base, { recursive: true });
      }
    } else if (instruction === 'RUN') {
      const env = { npm_config_prefix: join(stage, 'usr/local') };
      const script = rest.replaceAll(' /tmp/', ` ${stage}/tmp/`);
      await mkdir(join(stage, 'tmp'), { recursive: true });
      const { status, output } = await shell(script, { cwd: join(stage, workdir), env });
      if (status !== 0) throw new Error(`${rest}: ${output}`);
    } else if (!['ARG', 'USER', 'ENTRYPOINT'].includes(instruction)) throw new Error(`What is ${instruction}?`);
  }
  return stages;
}

async function matching(word: string, root: string): Promise<string[]> {
  if (!word.includes('*')) return [word];
  return (await readdir(root)).filter((name) => matchesPattern(word, name));
}
