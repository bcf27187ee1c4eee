/** Drivers in C, compiled once for each version of the driver and of the library. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type Driver, driverFile, found, missing } from './driver.ts';
import { runTool } from './tool.ts';

export function cDriver(path: string, library: string): Driver {
  const file = driverFile(path);
  const pkgConfig = (...options: string[]) => runTool('pkg-config', [...options, library]);
  const detect = async () => {
    const [version, compiler] = await Promise.all([pkgConfig('--modversion'), runTool('cc', ['--version'])]);
    if (!version.ok) return missing(version.why);
    return compiler.ok ? found(version.stdout) : missing(compiler.why);
  };
  return {
    file,
    detect,
    async command(cacheDir) {
      const { installed, version, why } = await detect();
      if (!installed) throw new Error(why);
      const flags = await pkgConfig('--cflags', '--libs');
      if (!flags.ok) throw new Error(flags.why);
      const source = await readFile(file);
      const key = createHash('sha256').update(source).update(`${version} ${flags.stdout}`).digest('hex');
      const program = join(cacheDir, `${library}-${key.slice(0, 16)}`);
      if (!existsSync(program)) await compile(file, program, flags.stdout);
      return [program];
    },
  };
}

/** Under another name first: other runs may share the cache. */
async function compile(source: string, program: string, flags: string): Promise<void> {
  await mkdir(join(program, '..'), { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  const compiled = await runTool('cc', ['-O1', '-o', unfinished, source, ...flags.split(/\s+/)]);
  if (!compiled.ok) throw new Error(`${source} does not compile: ${compiled.why}`);
  await rename(unfinished, program);
}
