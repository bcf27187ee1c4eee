/** Drivers in Go, compiled once for each version of the driver, of the library and of Go. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Driver, driverFile, found, missing } from './driver.ts';
import { runTool } from './tool.ts';

/** Where Debian puts the sources of libraries: nothing is fetched. */
const GOPATH = '/usr/share/gocode';

/** `library`: its import path; `debian`: the package that has it, and so its version. */
export function goDriver(path: string, library: string, debian: string): Driver {
  const file = driverFile(path);
  const detect = async () => {
    if (!existsSync(join(GOPATH, 'src', library))) return missing(`${library} is not in ${GOPATH}`);
    const [version, go] = await Promise.all([
      // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own.
      runTool('dpkg-query', ['--show', '--showformat=${Version}', debian]),
      runTool('go', ['version']),
    ]);
    if (!go.ok) return missing(go.why);
    return version.ok ? found(version.stdout) : missing(version.why);
  };
  return {
    file,
    detect,
    async command(cacheDir) {
      const [{ installed, version, why }, go] = await Promise.all([detect(), runTool('go', ['version'])]);
      if (!installed || !go.ok) throw new Error(why);
      const key = createHash('sha256')
        .update(await readFile(file))
        .update(`${version} ${go.stdout}`)
        .digest('hex');
      const program = join(cacheDir, `${debian}-${key.slice(0, 16)}`);
      if (!existsSync(program)) await build(file, program);
      return [program];
    },
  };
}

/** Under another name first: other runs may share the cache. */
async function build(source: string, program: string): Promise<void> {
  await mkdir(dirname(program), { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  const settings = ['GO111MODULE=off', `GOPATH=${GOPATH}`, 'GOFLAGS='];
  const built = await runTool('env', [...settings, 'go', 'build', '-o', unfinished, source]);
  if (!built.ok) throw new Error(`${source} does not compile: ${built.why}`);
  await rename(unfinished, program);
}
