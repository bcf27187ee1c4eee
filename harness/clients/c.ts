/** Drivers in C and C++, compiled once for each version of the driver and of the library. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type Driver, driverFile, found, missing } from './driver.ts';
import { runTool } from './tool.ts';

export interface CDriverOptions {
  /** Further packages of pkg-config. */
  with?: string[];
  /** What the driver is told, as a variant of the same. */
  words?: string[];
}

/** `library`: as pkg-config calls it. What ends with `.cpp` is C++. */
export function cDriver(path: string, library: string, { with: others = [], words = [] }: CDriverOptions = {}): Driver {
  const file = driverFile(path);
  const compiler = path.endsWith('.cpp') ? 'c++' : 'cc';
  const detect = async () => {
    const [version, compiles, whole] = await Promise.all([
      runTool('pkg-config', ['--modversion', library]),
      runTool(compiler, ['--version']),
      runTool('pkg-config', ['--exists', '--print-errors', library, ...others]),
    ]);
    if (!version.ok) return missing(version.why);
    const absent = [compiles, whole].find(({ ok }) => !ok);
    return absent && !absent.ok ? missing(absent.why) : found(version.stdout);
  };
  return {
    file,
    detect,
    async command(cacheDir) {
      const { installed, version, why } = await detect();
      if (!installed) throw new Error(why);
      const flags = await runTool('pkg-config', ['--cflags', '--libs', library, ...others]);
      if (!flags.ok) throw new Error(flags.why);
      const source = await readFile(file);
      const key = createHash('sha256').update(source).update(`${version} ${flags.stdout}`).digest('hex');
      const program = join(cacheDir, `${library}-${key.slice(0, 16)}`);
      if (!existsSync(program)) await compile(compiler, file, program, flags.stdout);
      return [program, ...words];
    },
  };
}

/** Under another name first: other runs, and variants of the same, may share the cache. */
async function compile(compiler: string, source: string, program: string, flags: string): Promise<void> {
  await mkdir(join(program, '..'), { recursive: true });
  const unfinished = `${program}.${process.pid}.${builds++}`;
  // Qt asks for code that does not depend on its position.
  const compiled = await runTool(compiler, ['-O1', '-fPIC', '-o', unfinished, source, ...flags.split(/\s+/)]);
  if (!compiled.ok) throw new Error(`${source} does not compile: ${compiled.why}`);
  await rename(unfinished, program);
}

let builds = 0;
