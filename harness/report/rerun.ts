/** The command line that runs one scenario again, ready to be pasted into a shell. */
import type { Transport } from '../../src/transcript.ts';
import type { Via } from '../result.ts';

/** `via`: null where there is no choice. `words`: the options that the run had, and what starts its client (`Client.rerun`). */
export function rerunCommand(id: string, transport: Transport, via: Via | null, words: readonly string[]): string {
  return commandLine(['run', id, '--tls', transport, ...(via === null ? [] : ['--via', via]), ...words]);
}

/** `words`: a command and its arguments. */
export function commandLine(words: readonly string[]): string {
  return ['xmpp-mallory', ...words].map(shellWord).join(' ');
}

/** A word as a POSIX shell reads it: as it is, or in single quotes. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
