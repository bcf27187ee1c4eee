/** Puts the modules of the page together. Only the build and the tests come here: esbuild is not installed with the package. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { BuildOptions, BuildResult } from 'esbuild';
import type { PageFiles } from './page-files.ts';

export async function buildPage(folder: URL): Promise<PageFiles> {
  const { build } = await import('esbuild');
  const make = async (name: string) => {
    const options = {
      entryPoints: [fileURLToPath(new URL(name, folder))],
      ...{ bundle: true, minify: true, write: false, format: 'iife', target: 'es2022', charset: 'ascii' },
      tsconfigRaw: {},
    } satisfies BuildOptions;
    const { outputFiles }: BuildResult<typeof options> = await build(options);
    // It writes tabs as they are, and there are none but in strings: a report holds no control characters.
    return (outputFiles[0]?.text.trim() ?? '').replaceAll('\t', '\\t');
  };
  const [script, style] = await Promise.all([make('main.ts'), make('style.css')]);
  return { script, style };
}

/** `npm run build` */
export async function emitPage(folder: URL, file: URL): Promise<void> {
  await writeFile(file, JSON.stringify(await buildPage(folder)));
}
