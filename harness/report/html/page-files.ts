/** The script and the style of the page, as the build left them; from source they are built here. */
import { readFile } from 'node:fs/promises';

export interface PageFiles {
  script: string;
  style: string;
}

const fromSource = import.meta.url.endsWith('.ts');

/** Written by the build, next to the compiled reporter. */
export const PAGE_FILE = new URL('./page.json', import.meta.url);

let files: Promise<PageFiles> | null = null;

export function pageFiles(): Promise<PageFiles> {
  files ??= fromSource
    ? import('./build-page.ts').then(({ buildPage }) => buildPage(new URL('./page/', import.meta.url)))
    : readFile(PAGE_FILE, 'utf8').then((text) => JSON.parse(text));
  return files;
}
