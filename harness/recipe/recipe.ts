/** How a program that a person operates is made to log in: files, a command, and what is typed when. Data, never a script. */
import type { Transport } from '../../src/transcript.ts';

export interface Recipe {
  /** Words that print its version. Null: nobody can ask it. */
  version: string[] | null;
  /** What else has to be executable, besides the command and what the recipe needs itself. */
  needs: string[];
  /** Paths below `HOME` to their text. */
  files: Record<string, RecipeFile>;
  /** Words of one's own, as `{name}` in files, command, environment and keys. */
  values: Record<string, Value>;
  /** Words, with placeholders. A list among them is left out as a whole where a value in it is missing. */
  command: (string | string[])[];
  environment: Record<string, string>;
  /** It gets a terminal of 120 columns and 40 lines. */
  terminal: boolean;
  /** It gets an X display of its own. */
  display: boolean;
  /** It runs as a user who is not root, whoever started the run. */
  unprivileged: boolean;
  /** It has to be confined: because it trusts the system's CAs only, or wants a port that is fixed. */
  confined: boolean;
  /** It is told neither host nor port, and asks DNS. Null: it is told them. */
  via: 'dns' | null;
  /** Seconds: the limit of a scenario, for what is slow to start. Null: as for others. */
  timeout: number | null;
  /** What it reads from standard input, to its end. Only without a terminal. */
  input: string | null;
  /** Each once, as soon as its text is there. */
  type: { when: string; keys: string }[];
  /** What it shows when it is online, and when it has given up: regular expressions. The wire wins. */
  online: string | null;
  refused: string | null;
  /** What is typed to make it end. Null: it gets SIGTERM. */
  quit: string | null;
  transports: Transport[];
  sessions: ('once' | 'stay')[];
}

export interface RecipeFile {
  text: string;
  /** As for chmod, in octal. */
  mode: string;
  /** The text is SQL, and the file a database made with it. */
  sqlite: boolean;
}

export type Value = string | Record<Transport, string>;
