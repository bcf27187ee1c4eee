/**
 * Public entry `xmpp-mallory`: the judge, for test suites in JavaScript. A client is a function, or a command; a run
 * gives the same report as the command line.
 */

import type { Client, Connect } from './client/client.ts';
import { functionClient } from './client/function.ts';
import type { Report, Result } from './result.ts';
import { alone } from './run/alone.ts';
import type { RunOptions } from './run/options.ts';
import type { Catalogue } from './scenario/catalogue.ts';
import { loadScenarios } from './scenario/load.ts';
import { BadInput } from './scenario/problem.ts';

export type { Client, Connect, Endpoint } from './client/client.ts';
export { type CommandOptions, commandClient } from './client/command.ts';
export { type FunctionOptions, functionClient } from './client/function.ts';
export type { Ready, Reset, Returned, ServerClient, ServerEnvironment, Trigger } from './client/server.ts';
export { commandServer, type ServerCommandOptions } from './client/server-command.ts';
export {
  type FunctionServer,
  functionServer,
  type ServerFunctionOptions,
  type StartServer,
} from './client/server-function.ts';
export type { Baseline, BaselineEntry } from './judge/baseline.ts';
export { loadBaseline } from './judge/baseline-file.ts';
export type { Finding, Importance, Level, Outcome, Policy, Report, Result, Verdict, Via } from './result.ts';
export type { Progress, RunOptions, Upstream } from './run/options.ts';
export type { Catalogue, Requirement } from './scenario/catalogue.ts';
export { type LoadOptions, loadScenarios } from './scenario/load.ts';
export { BadInput } from './scenario/problem.ts';
export { defineScenario, type Scenario, type ScenarioFile } from './scenario/scenario.ts';

export type RunScenariosOptions = Omit<RunOptions, 'client' | 'catalogue' | 'patterns'> & {
  client: Client | Connect;
  /** Default: the bundled one. */
  catalogue?: Catalogue | undefined;
  /** Globs of ids or keys; default: all. */
  patterns?: string[] | undefined;
};

/**
 * Runs scenarios against a client, as many at a time as there are usable CPUs.
 *
 * @throws BadInput for a pattern that matches nothing. What the client does never throws.
 */
export async function runScenarios(options: RunScenariosOptions): Promise<Report> {
  const { client, catalogue, patterns = [] } = options;
  const { run } = await import('./run/run.ts');
  return run({
    ...options,
    client: typeof client === 'function' ? functionClient(client) : client,
    catalogue: catalogue ?? (await loadScenarios()),
    patterns,
  });
}

/**
 * Runs one scenario over one transport, `starttls` by default: one test of a test suite.
 *
 * @throws BadInput if there is no such scenario on that transport.
 */
export async function runScenario(id: string, options: RunScenariosOptions): Promise<Result> {
  const transport = options.transport ?? 'starttls';
  const { results } = await runScenarios({ ...options, transport, patterns: [id] });
  const result = results.find((one) => one.id === id);
  if (!result) throw new BadInput(`No scenario ${id} was judged on ${transport}.`);
  // Judged besides where the base control broke a rule. What the baseline expects of it counts nowhere.
  const base = results.find((one) => one.id === 'control/login' && one.baseline === null);
  return alone(result, base ?? null);
}
