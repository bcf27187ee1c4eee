/** `manual`: one scenario against a program or a phone that a person operates. */
import { Command, Option } from 'commander';
import type { Transport } from '../../src/transcript.ts';
import type { Policy } from '../result.ts';
import { collect, parseSeconds } from './arguments.ts';
import { endOnSignal } from './interrupt.ts';
import { print, tell } from './terminal.ts';

interface Options {
  listen?: string;
  tls?: Transport;
  timeout?: number;
  label: string;
  scenarios?: string[];
  reporter?: string[];
  policy: Policy;
}

/** Milliseconds: there is much to type. */
const DEFAULT_TIMEOUT = 120_000;

export function manualCommand(): Command {
  return new Command('manual')
    .description('attack a program or a phone that you operate: says what to type, waits, and judges')
    .argument('<id>', 'one scenario, such as stripping/starttls-removed-scram')
    .option('--listen <addr[:port]>', 'an address of this machine that the program can reach; default: 127.0.0.1')
    .addOption(new Option('--tls <how>', "default: the scenario's first").choices(['starttls', 'direct']))
    .option(
      '--timeout <s>',
      'seconds that each step waits for you, and then for the program; default: 120',
      parseSeconds,
    )
    .option('--label <name>', 'what the report calls the program', 'your program')
    .addOption(new Option('--policy <rfc>', 'where RFCs differ').choices(['rfc9525', 'rfc6125']).default('rfc9525'))
    .option('--scenarios <dir>', 'also the scenarios of this folder (repeatable)', collect)
    .option('--reporter <name[=file]>', 'as of run (repeatable); default: pretty', collect)
    .addHelpText('after', ABOUT)
    .action((id: string, _, self: Command) => manualInput(id, self.optsWithGlobals()));
}

const ABOUT = `
First comes the control, a login at a good server, and then the attack; some scenarios have a second control. Each has an
account and a port of its own, so that nothing that a program remembers counts. The exit status is that of run.
More: docs/manual.md`;

async function manualInput(id: string, options: Options): Promise<void> {
  const [{ manual }, { parseListen, LOOPBACK }, { loadScenarios }, { parseReporters, writeReports }, { paintFor }] =
    await Promise.all([
      import('../manual/manual.ts'),
      import('../manual/listen.ts'),
      import('../scenario/load.ts'),
      import('../report/index.ts'),
      import('../report/colour.ts'),
    ]);
  const specs = parseReporters(options.reporter ?? []);
  const listen = options.listen === undefined ? LOOPBACK : parseListen(options.listen);
  const catalogue = await loadScenarios({ dirs: options.scenarios });
  const interrupt = endOnSignal((name) => tell(`${name}: nothing more is judged.`));
  try {
    const report = await manual({
      catalogue,
      id,
      listen,
      transport: options.tls,
      timeoutMs: options.timeout ?? DEFAULT_TIMEOUT,
      label: options.label,
      policy: options.policy,
      input: process.stdin,
      tell,
      signal: interrupt.signal,
    });
    const { requirements, scenarios } = catalogue;
    const context = { requirements, scenarios, paint: paintFor(process.stdout) };
    const problems = await writeReports([report], specs, context, print);
    for (const problem of problems) tell(problem);
    process.exitCode = interrupt.signal.aborted ? 130 : problems.length > 0 ? 2 : report.exitStatus;
  } finally {
    interrupt.dispose();
  }
}
