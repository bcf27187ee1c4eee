import { existsSync, statSync } from 'node:fs';

/** One sentence for the user: why `program` did not start, and the way out. */
export function explainStartFailure(error: unknown, program: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const name = `"${program}"`;
  switch (code) {
    case 'ENOENT':
      return explainMissing(program, name);
    case 'EACCES':
      if (isDirectory(program)) return `The command ${name} is a directory: give the program itself.`;
      return `The command ${name} is not executable: run "chmod +x" on it, or put its interpreter in front, such as "-- node ${program}".`;
    case 'EMFILE':
    case 'ENFILE':
      return `The command ${name} could not be started, too many files are open: lower --jobs, or raise the limit with "ulimit -n".`;
    case 'EAGAIN':
      return `The command ${name} could not be started, too many processes are running: lower --jobs, or raise the limit with "ulimit -u".`;
    case 'ENOMEM':
      return `The command ${name} could not be started, there is not enough memory: lower --jobs.`;
    case 'ENOEXEC':
      return `The command ${name} is no program for this machine, or a script whose first line does not name its interpreter.`;
    default:
      return `The command ${name} could not be started: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

/** ENOENT is also what a script gets whose interpreter is missing, and everything in a working directory that is gone. */
function explainMissing(program: string, name: string): string {
  if (program.includes('/') && existsSync(program)) {
    return `The command ${name} exists, but its interpreter or loader does not: look at its first line.`;
  }
  if (!existsSync('.')) return `The command ${name} could not be started: the working directory no longer exists.`;
  if (program.includes(' ')) {
    return `The command ${name} does not exist: give its words one by one, without quotes around them all, or use "-- sh -c '...'".`;
  }
  if (program.includes('/'))
    return `The command ${name} does not exist: check the path, it counts from the working directory.`;
  if (existsSync(program))
    return `The command ${name} is not in PATH: write "./${program}" for the file in this directory.`;
  return `The command ${name} does not exist in PATH: install it, or give the path to it.`;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
