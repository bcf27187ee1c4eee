/** `run`: attacks a client and reports. */
import { Command, Option } from 'commander';
import type { Policy, Via } from '../result.ts';
import { BadInput } from '../scenario/problem.ts';
import {
  collect,
  type HostPort,
  type Jobs,
  parseBareJid,
  parseCount,
  parseHostPort,
  parseJobs,
  parseSeconds,
  parseShard,
  parseVia,
} from './arguments.ts';
import { clientsFor } from './run-client.ts';
import { chooseScenarios, hasTerminal, watchDriver } from './run-daily.ts';
import { upstreamFor } from './run-files.ts';
import { runOnce } from './run-once.ts';
import { tell } from './terminal.ts';

/** What commander makes of the options below. */
export interface Options {
  client?: string;
  core?: true;
  tls?: 'starttls' | 'direct';
  via?: Via;
  policy: Policy;
  scenarios?: string[];
  limbo?: string[];
  jobs?: Jobs;
  timeout?: number;
  baseline?: string;
  writeBaseline?: string;
  strict?: true;
  reporter?: string[];
  transcripts: 'findings' | 'all';
  keep?: string;
  pcap?: string;
  keepHome?: true;
  cache?: string;
  clientVersion?: string;
  confine?: true;
  s2s?: true;
  s2sPolicy: string;
  seed?: string;
  repeat?: number;
  shard?: { n: number; of: number };
  upstream?: HostPort;
  account?: string;
  upstreamCa?: string;
  upstreamTls: 'starttls' | 'direct';
  watch?: true;
  watchDir: string;
  interactive?: true;
  debug?: true;
}

/** `command`: the words behind `--`, or null where there was none. */
export function runCommand(command: string[] | null): Command {
  return new Command('run')
    .description('attack a client, and report what it was talked into')
    .usage('[options] [patterns...] (-- COMMAND... | --client NAME)')
    .argument('[patterns...]', "globs of ids ('stripping/*') or keys ('certificate/expired[direct,ip]'); default: all")
    .option(
      '--client <names>',
      'bundled drivers, or recipes (docs/clients.md), in place of a command: one, a,b or all, side by side; see xmpp-mallory clients',
    )
    .option('--core', 'only the 40 that catch most for their time; with patterns: what is both (docs/core.md)')
    .addOption(new Option('--tls <how>', 'default: both').choices(['starttls', 'direct']))
    .option(
      '--via <what>',
      'connect to an ip, a host name, or what dns says (with --confine); default: ip, then host',
      parseVia,
    )
    .addOption(
      new Option('--policy <rfc>', 'where RFCs differ')
        .choices(['rfc9525', 'rfc6125'])
        .default('rfc9525', 'rfc9525, the strict one'),
    )
    .option('--scenarios <dir>', 'also the scenarios of this folder (repeatable)', collect)
    .option(
      '--limbo <file>',
      'the cases of this x509-limbo suite; without patterns only they run (repeatable)',
      collect,
    )
    .option('--shard <i/n>', 'only the ith of n parts; merge puts their JSON reports together', parseShard)
    .option('--jobs <n>', 'clients at a time; auto, the default: the usable CPUs', parseJobs)
    .option('--timeout <s>', 'seconds that one scenario waits for the client; default: 10', parseSeconds)
    .option(
      '--baseline <file>',
      'what is known to fail; only what differs is a failure. Of several clients: a folder with NAME.yaml for each',
    )
    .option('--write-baseline <file>', 'write the results as a baseline; of several clients: into this folder')
    .option('--strict', 'a warning is a failure, too')
    .option(
      '--reporter <name[=file]>',
      'pretty (default), tap, junit, json, html, markdown, github, sarif, statement; to standard output or a file (repeatable)',
      collect,
    )
    .addOption(
      new Option('--transcripts <which>', 'in the JSON report')
        .choices(['findings', 'all'])
        .default('findings', 'what is no pass'),
    )
    .option('--keep <dir>', "leave each client's state directory and output there")
    .option('--pcap <dir>', 'leave a capture of each session there, which Wireshark shows decrypted')
    .option('--keep-home', "HOME stays yours; default: the client's empty state directory")
    .option('--client-version <v>', 'what the reports call this build of your client, and what --cache goes by')
    .option('--cache <dir>', 'take pass, warn and skip from earlier runs that cannot have come out otherwise')
    .option('--confine', 'each client in a network, mounts and processes of its own (Linux); it reaches Mallory alone')
    .option(
      '--s2s',
      'what is started is a server, which opens streams to others: scenarios for servers (docs/servers.md)',
    )
    .option(
      '--s2s-policy <name>',
      'how that server is to be configured: stock, strict, authenticated, encrypted, opportunistic, or a word that its driver knows',
      'stock',
    )
    .option('--repeat <n>', 'make each attack n times, from the second on cut and delayed at random', parseCount)
    .option('--seed <s>', 'of what is random; 1.37 is the 37th repetition of seed 1; default: always the same')
    .optionsGroup('At a terminal:')
    .option('--interactive', 'choose the scenarios from a list')
    .option('--watch', 'whenever a file changes, run again what failed; all, once nothing of it fails')
    .option('--watch-dir <dir>', 'the folder whose files --watch is about; default: this one', '.')
    .optionsGroup('Through a real server:')
    .option('--upstream <host:port>', 'relay to this server; its password: XMPP_MALLORY_PASSWORD', parseHostPort)
    .option('--account <jid>', 'the account there', parseBareJid)
    .option('--upstream-ca <file>', "PEM of the CA that it is verified with; default: the system's")
    .addOption(
      new Option('--upstream-tls <how>', 'default: starttls').choices(['starttls', 'direct']).default('starttls'),
    )
    .addHelpText('after', ABOUT)
    .action((patterns: string[], _, self: Command) => run(patterns, command, self.optsWithGlobals()));
}

const ABOUT = `
With --client all, clients that are not installed are left out. Those that must be are confined without --confine.

The command is started once for each scenario, with XMPP_HOST, XMPP_PORT, XMPP_DOMAIN, XMPP_JID,
XMPP_PASSWORD, XMPP_CA_FILE, XMPP_TLS and XMPP_SESSION in its environment; its words may hold {host} {port}
{domain} {jid} {password} {ca} {tls} {session}. It has to try to log in as told. A driver to begin with: xmpp-mallory init

Exit status:
  0    nothing unexpected: pass, warn, skip, or in the baseline; and something was judged
  1    a fail, an unexpected pass, a changed verdict, a stale or expired baseline entry; with --strict a warning
  2    inconclusive, an error, bad usage, or nothing judged
  130  ended by Ctrl-C or SIGTERM; the report holds what was judged until then`;

async function run(patterns: string[], command: string[] | null, options: Options): Promise<void> {
  const { checkShowsMany, parseReporters } = await import('../report/index.ts');
  const specs = parseReporters(options.reporter ?? []);
  checkOptions(options, patterns, command);
  const [clients, upstream] = await Promise.all([clientsFor(options, command), upstreamFor(options)]);
  if (clients.length > 1) {
    checkShowsMany(specs);
    if (options.watch) throw new BadInput('--watch is for one client: name it with --client.');
  }
  const chooses = options.interactive && hasTerminal('--interactive', 'what the patterns name is run');
  const asked = patterns.length === 0 && options.limbo ? ['limbo/*'] : patterns;
  const wanted = chooses ? await chooseScenarios(asked, options) : asked;
  if (wanted === null) {
    tell('Nothing was chosen, and nothing is run.');
    process.exitCode = 130;
    return;
  }
  const once = (some: string[]) => runOnce(some, options, { specs, clients, upstream });
  if (options.watch && hasTerminal('--watch', 'this runs once')) {
    const files = specs.flatMap(({ file }) => file ?? []);
    process.exitCode = await watchDriver(wanted, { ...options, files }, once);
  } else {
    process.exitCode = (await once(wanted)).status;
  }
}

/** What commander cannot know: options that exclude or need each other. */
function checkOptions(options: Options, patterns: string[], command: string[] | null): void {
  if (options.client !== undefined && command !== null)
    throw new BadInput('Either --client NAME or a command after --, not both.');
  if (options.client === undefined && command === null) {
    const meant = patterns.find((pattern) => !/^[\w*.-]+\/[\w*.:-]+(\[.*)?$/.test(pattern) || pattern.startsWith('.'));
    const hint = meant === undefined ? 'xmpp-mallory run -- COMMAND' : `xmpp-mallory run -- ${patterns.join(' ')}`;
    throw new BadInput(
      `Which client? Put its command behind --, as in "${hint}", or name one with --client (xmpp-mallory clients).`,
    );
  }
  if (command?.length === 0) throw new BadInput('There is no command behind --: xmpp-mallory run -- COMMAND.');
  if ((options.upstream === undefined) !== (options.account === undefined))
    throw new BadInput('--upstream HOST:PORT and --account JID belong together: give both or none.');
  if (options.s2s && options.via !== undefined)
    throw new BadInput(
      '--via is for clients: a server is told no address, and finds every domain by the resolver in XMPP_DNS. Leave it out with --s2s (docs/servers.md).',
    );
  if (options.s2s && options.confine)
    throw new BadInput(
      '--confine is for clients: a server is started once for all sessions, and keeps to 127.0.0.1 by itself. Leave it out with --s2s (docs/servers.md).',
    );
  if (options.pcap !== undefined && options.account !== undefined)
    throw new BadInput(
      '--pcap and --account exclude each other: a capture with the TLS secrets inside would hold the password of the account.',
    );
  // A driver that is being mended has no version that the cache could go by.
  if (options.watch && (options.writeBaseline ?? options.shard ?? options.cache) !== undefined)
    throw new BadInput(
      '--watch goes with none of --write-baseline, --shard and --cache: what it runs is a part each time, of a client that changes.',
    );
  if (options.upstream === undefined && options.upstreamCa !== undefined)
    throw new BadInput('--upstream-ca is of no use without --upstream HOST:PORT.');
}
