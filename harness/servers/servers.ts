/** Real servers that `run --s2s --client NAME` can drive as initiating entities. A row here and a driver is all that one takes. */
import { readdirSync, readFileSync } from 'node:fs';
import { type Detection, type Driver, driverFile, found, missing } from '../clients/driver.ts';
import { runTool } from '../clients/tool.ts';

export interface BundledServer extends Driver {
  name: string;
  title: string;
  language: string;
  /** How to install it, in one line. */
  install: string;
  /** As of a client: it need not be. */
  confined: null;
}

type Row = Pick<BundledServer, 'name' | 'title' | 'language' | 'install'> & {
  /** The folder of its driver. Default: its name. */
  folder?: string;
  /** What its driver is told of settings that make a difference. */
  words?: string[];
  detect(): Promise<Detection>;
};

const server = ({ folder, words = [], ...row }: Row): BundledServer => {
  const file = driverFile(`../servers/${folder ?? row.name}/driver.sh`);
  return {
    ...row,
    file,
    confined: null,
    async command() {
      const { installed, why } = await row.detect();
      if (!installed) throw new Error(why);
      return ['sh', file, ...words];
    },
  };
};

export const bundledServers: readonly BundledServer[] = [
  server({
    name: 'prosody',
    title: 'Prosody',
    language: 'Lua',
    install: 'apt install prosody lua-unbound',
    detect: detectProsody,
  }),
  server({
    name: 'prosody-dane',
    title: 'Prosody with use_dane',
    language: 'Lua',
    install: 'apt install prosody lua-unbound',
    folder: 'prosody',
    words: ['dane'],
    detect: detectProsody,
  }),
  server({
    name: 'ejabberd',
    title: 'ejabberd',
    language: 'Erlang',
    install: 'apt install ejabberd',
    detect: detectEjabberd,
  }),
];

/** Its own resolver asks on port 53 and no other. */
async function detectProsody(): Promise<Detection> {
  const about = await runTool('prosodyctl', ['about']);
  if (!about.ok) return missing(about.why);
  const version = /^Prosody (\S+)/m.exec(about.stdout)?.[1];
  if (version === undefined) return missing('prosodyctl does not say its version');
  return /^luaunbound:\s+\d/m.test(about.stdout) ? found(version) : missing('lua-unbound is not installed');
}

/** `ejabberdctl` itself may be called by root and ejabberd's own user only; it says where the code is, and the version with that. */
async function detectEjabberd(): Promise<Detection> {
  const compiler = await runTool('sh', ['-c', 'command -v erlc']);
  if (!compiler.ok) return missing('erlc is not installed');
  try {
    const libraries = /^ERL_LIBS='(.+)'$/m.exec(readFileSync('/usr/sbin/ejabberdctl', 'utf8'))?.[1] ?? '';
    const version = readdirSync(libraries).flatMap((name) => /^ejabberd-(\d.*)$/.exec(name)?.[1] ?? [])[0];
    return version === undefined ? missing(`there is no ejabberd in ${libraries}`) : found(version);
  } catch {
    return missing('ejabberd is not installed as Debian does it');
  }
}
