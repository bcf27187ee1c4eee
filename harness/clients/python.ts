/** Drivers in Python, run by an interpreter that can import what they need. */
import { type Driver, driverFile, found, missing } from './driver.ts';
import { runTool } from './tool.ts';

/** Debian installs its packages for the second, and pyenv or a virtual environment often comes first in PATH. */
const INTERPRETERS = ['python3', '/usr/bin/python3'];

/** Imports and does not only look: a package may be there that this Python is too new for. */
const PROBE = `
import importlib, importlib.metadata, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps([sys.executable, importlib.metadata.version(sys.argv[1])]))`;

/** The first of `modules` is also the name of the distribution. `words`: what the driver is told, as a variant of the same. */
export function pythonDriver(path: string, modules: string[], words: string[] = []): Driver {
  const file = driverFile(path);
  return {
    file,
    async detect() {
      const python = await interpreter(modules);
      return 'why' in python ? missing(python.why) : found(python.version);
    },
    async command() {
      const python = await interpreter(modules);
      if ('why' in python) throw new Error(python.why);
      return [python.executable, file, ...words];
    },
  };
}

/** `executable` is the interpreter itself: pyenv's `python3` is a script that asks for the user's `HOME`. */
async function interpreter(modules: string[]): Promise<{ executable: string; version: string } | { why: string }> {
  const reasons: string[] = [];
  for (const candidate of INTERPRETERS) {
    const probe = await runTool(candidate, ['-c', PROBE, ...modules]);
    if (probe.ok) {
      const [executable, version] = JSON.parse(probe.stdout.split('\n').at(-1) ?? '');
      return { executable: String(executable), version: String(version) };
    }
    reasons.push(`${candidate}: ${probe.why}`);
  }
  return { why: reasons.join('; ') };
}
