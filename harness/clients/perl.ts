/** Drivers in Perl. */
import { type Driver, driverFile, found, missing } from './driver.ts';
import { runTool } from './tool.ts';

const PROBE = 'my $name = shift; eval "require $name; 1" or die $@ =~ s/ \\(you may need.*//sr; print $name->VERSION;';

/** `words`: what the driver is told, as a variant of the same. */
export function perlDriver(path: string, module: string, words: string[] = []): Driver {
  const file = driverFile(path);
  const version = () => runTool('perl', ['-e', PROBE, module]);
  return {
    file,
    async detect() {
      const asked = await version();
      return asked.ok ? found(asked.stdout) : missing(asked.why);
    },
    async command() {
      const asked = await version();
      if (!asked.ok) throw new Error(asked.why);
      return ['perl', file, ...words];
    },
  };
}
