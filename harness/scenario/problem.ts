/** What a user got wrong: told in a sentence each, with the place and the way out, and never with a stack trace. */
import { relative } from 'node:path';

export interface Problem {
  /** As the user would type it: relative to the working directory where that is shorter. */
  file: string;
  /** Both from 1; null where the whole file is meant. */
  line: number | null;
  column: number | null;
  message: string;
}

/** `file:line:column: message`, which editors and terminals can follow. */
export function describeProblem({ file, line, column, message }: Problem): string {
  return `${line === null ? file : `${file}:${line}:${column}`}: ${message}`;
}

/** Thrown for bad input of any kind; the command line prints it and ends with status 2. */
export class BadInput extends Error {
  override name = 'BadInput';
  readonly sentences: readonly string[];

  constructor(sentences: string | readonly string[]) {
    super([sentences].flat().join('\n'));
    this.sentences = [sentences].flat();
  }
}

export function badFiles(problems: readonly Problem[]): BadInput {
  return new BadInput(problems.map(describeProblem));
}

/** The path as it is shown to a user: relative to the working directory, if that is below it. */
export function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') ? path : short;
}
