/** What `init` writes: for each language a driver of less than 20 lines that really logs in. */
import { go } from './go.ts';
import { javascript } from './javascript.ts';
import { python } from './python.ts';
import { shell } from './shell.ts';

export interface DriverTemplate {
  /** What it drives. */
  library: string;
  /** Its name unless the user says otherwise. */
  file: string;
  mode: number;
  text: string;
  /** What has to be done once before it runs, or null. */
  prepare: string | null;
  /** What goes behind `--`. */
  command(file: string): string;
}

export const driverTemplates: Readonly<Record<string, DriverTemplate>> = { python, javascript, go, shell };
