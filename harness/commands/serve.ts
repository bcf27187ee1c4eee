/** `serve`: for the test suites of other languages, which start their clients themselves. */
import { Command, Option } from 'commander';
import type { Policy } from '../result.ts';
import { collect, parseCount, parseSeconds } from './arguments.ts';
import { endOnSignal } from './interrupt.ts';
import { tell } from './terminal.ts';

interface Options {
  label: string;
  policy: Policy;
  scenarios?: string[];
  timeout?: number;
  jobs?: number;
  seed?: string;
  transcripts: 'findings' | 'all';
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('judge clients that a test suite starts itself: JSON lines on standard input and output')
    .option('--label <name>', 'what results call the client', 'client')
    .addOption(new Option('--policy <rfc>', 'where RFCs differ').choices(['rfc9525', 'rfc6125']).default('rfc9525'))
    .option('--scenarios <dir>', 'also the scenarios of this folder (repeatable)', collect)
    .option('--timeout <s>', 'seconds that one scenario waits for the client; default: 10', parseSeconds)
    .option('--jobs <n>', 'clients at a time, at most; default: 64', parseCount)
    .option('--seed <s>', 'of what is random; default: always the same')
    .addOption(
      new Option('--transcripts <which>', 'in results').choices(['findings', 'all']).default('findings', 'no pass'),
    )
    .addHelpText('after', '\nThe protocol, with a whole session: docs/serve.md')
    .action(serveInput);
}

async function serveInput({ scenarios, timeout, ...options }: Options): Promise<void> {
  const [{ serve }, { loadScenarios }] = await Promise.all([
    import('../serve/serve.ts'),
    import('../scenario/load.ts'),
  ]);
  const catalogue = await loadScenarios({ dirs: scenarios });
  const interrupt = endOnSignal((name) => tell(`${name}: ending the clients.`));
  try {
    const note = (text: string) => tell(`Note: ${text}`);
    await serve(process.stdin, process.stdout, {
      ...options,
      catalogue,
      timeoutMs: timeout,
      note,
      signal: interrupt.signal,
    });
    if (interrupt.signal.aborted) process.exitCode = 130;
  } finally {
    interrupt.dispose();
  }
}
