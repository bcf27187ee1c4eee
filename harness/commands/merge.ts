/** `merge`: several JSON reports, of shards and of clients, as one. */
import { Command } from 'commander';
import { collect } from './arguments.ts';
import { print, tell } from './terminal.ts';

interface Options {
  reporter?: string[];
  scenarios?: string[];
  limbo?: string[];
}

export function mergeCommand(): Command {
  return new Command('merge')
    .description('put JSON reports together: the shards of a run, and clients side by side')
    .argument('<files...>', 'JSON reports, of --shard, of whole runs, or merged before')
    .option(
      '--reporter <name[=file]>',
      'pretty (default), junit, json, html, ...; to standard output or a file (repeatable)',
      collect,
    )
    .option(
      '--scenarios <dir>',
      'the folder that the runs had, too: for clauses and descriptions (repeatable)',
      collect,
    )
    .option('--limbo <file>', 'the x509-limbo suite that the runs had (repeatable)', collect)
    .addHelpText('after', ABOUT)
    .action(merge);
}

const ABOUT = `
Exit status: as of run, from all that the reports hold; 2 also where reports do not belong together, or a shard is missing.`;

async function merge(files: string[], { reporter = [], scenarios, limbo }: Options): Promise<void> {
  const { checkShowsMany, parseReporters, writeReports } = await import('../report/index.ts');
  const specs = parseReporters(reporter);
  const [{ readReports }, { mergeReports }, { worstStatus }, { loadScenarios }, { paintFor }, { artifactIn }] =
    await Promise.all([
      import('../merge/read.ts'),
      import('../merge/merge.ts'),
      import('../report/json.ts'),
      import('../scenario/load.ts'),
      import('../report/colour.ts'),
      import('../report/artifact.ts'),
    ]);
  const catalogue = await loadScenarios({ dirs: scenarios, limbo });
  const reports = mergeReports(await readReports(files), catalogue);
  if (reports.length > 1) checkShowsMany(specs);

  const known = reports[0].catalogue === catalogue.hash ? catalogue : { requirements: {}, scenarios: [] };
  if (known !== catalogue)
    tell(
      'The reports were made with another catalogue than this one, so clauses are cited by their ids only. Give the same --scenarios and --limbo as the runs had, and the same version.',
    );
  const context = { ...known, artifact: artifactIn(process.cwd()), paint: paintFor(process.stdout) };
  const problems = await writeReports(reports, specs, context, print);
  for (const problem of problems) tell(problem);
  process.exitCode = problems.length > 0 ? 2 : worstStatus(reports);
}
