/** Programs with a command line of their own: a shell script turns the environment into options. */
import { type Driver, driverFile, found, missing } from './driver.ts';
import { runTool } from './tool.ts';

export function programDriver(path: string, program: string): Driver {
  const file = driverFile(path);
  const version = () => runTool(program, ['--version']);
  return {
    file,
    async detect() {
      const asked = await version();
      return asked.ok ? found(asked.stdout.split('\n')[0]?.replace(`${program} `, '') ?? '') : missing(asked.why);
    },
    async command() {
      const asked = await version();
      if (!asked.ok) throw new Error(asked.why);
      return ['sh', file];
    },
  };
}
