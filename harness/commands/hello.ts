/** `hello`: what a client's ClientHello offers, and what is wrong with that. */
import { Command, Option } from 'commander';
import type { RunOptions } from '../run/options.ts';
import { BadInput } from '../scenario/problem.ts';
import { parseAddressVia, parseSeconds } from './arguments.ts';
import { endOnSignal } from './interrupt.ts';
import { clientFor } from './run-client.ts';
import { print, tell } from './terminal.ts';

interface Options {
  client?: string;
  tls?: 'starttls' | 'direct';
  via?: 'ip' | 'host';
  timeout?: number;
  keepHome?: true;
  json?: true;
}

/** `command`: the words behind `--`, or null where there was none. */
export function helloCommand(command: string[] | null): Command {
  return new Command('hello')
    .description('let a client log in at a good server, and show what its ClientHello offers')
    .usage('[options] (-- COMMAND... | --client NAME)')
    .option('--client <name>', 'a bundled driver in place of a command: see xmpp-mallory clients')
    .addOption(new Option('--tls <how>', 'default: both').choices(['starttls', 'direct']))
    .option('--via <what>', 'connect to an ip or a host name; default: ip, then host', parseAddressVia)
    .option('--timeout <s>', 'seconds to wait for the client; default: 10', parseSeconds)
    .option('--keep-home', "HOME stays yours; default: the client's empty state directory")
    .option('--json', 'for programs')
    .addHelpText('after', ABOUT)
    .action((_, self: Command) => hello(command, self.optsWithGlobals()));
}

const ABOUT = `
The client is started once for each transport, as by run, and not attacked. What is found is what run reports of the
scenarios hello/*, and the exit status is the one of run: 1 if a must is broken, 2 if there was no ClientHello.`;

async function hello(command: string[] | null, options: Options): Promise<void> {
  if (options.client !== undefined && command !== null)
    throw new BadInput('Either --client NAME or a command after --, not both.');
  if (options.client === undefined && (command === null || command.length === 0))
    throw new BadInput(
      'Which client? Put its command behind --, as in "xmpp-mallory hello -- COMMAND", or name one with --client (xmpp-mallory clients).',
    );
  const [{ run }, { loadScenarios }, { helloReport, helloText }, { paintFor }, client] = await Promise.all([
    import('../run/run.ts'),
    import('../scenario/load.ts'),
    import('../report/hello.ts'),
    import('../report/colour.ts'),
    clientFor(options, command),
  ]);
  const catalogue = await loadScenarios();
  const interrupt = endOnSignal((name) => tell(`${name}: ending the client.`));
  try {
    const report = await run({
      client,
      catalogue,
      patterns: ['hello/*'],
      transport: options.tls,
      via: options.via,
      timeoutMs: options.timeout,
      transcripts: 'all',
      signal: interrupt.signal,
    } satisfies RunOptions);
    const shown = helloReport(report);
    const { requirements } = catalogue;
    await print(
      options.json ? JSON.stringify(shown, null, 2) : helloText(shown, requirements, paintFor(process.stdout)),
    );
    process.exitCode = interrupt.signal.aborted ? 130 : shown.exitStatus;
  } finally {
    interrupt.dispose();
  }
}
