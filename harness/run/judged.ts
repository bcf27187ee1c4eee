/** From a scenario and its way to a result: runs what has to be run, and hands it to the judge. */
import { credential } from '../../src/pki/credentials/index.ts';
import { givenCredential } from '../../src/pki/given.ts';
import { issue } from '../../src/pki/issue.ts';
import { channelPlanFor } from '../../src/script/channel-plan.ts';
import { actionsOf } from '../../src/script/script.ts';
import { cannotPresent, cannotSpeak } from '../../src/tls/capabilities.ts';
import type { Observation } from '../../src/transcript.ts';
import { type ControlFacts, type Judgement, judge } from '../judge/judge.ts';
import { pick, viewOf } from '../judge/view.ts';
import { commandLine, rerunCommand } from '../report/rerun.ts';
import type { ConnectionSummary, Repeated, Result, Via } from '../result.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { keyOf } from '../scenario/select.ts';
import { type Attempt, attempt } from './attempt.ts';
import type { ControlRecord } from './control-record.ts';
import { attackPlan } from './plan/attack.ts';
import type { Circumstances } from './plan/attempt-plan.ts';
import { onlyListens } from './plan/control.ts';
import { takesCertificate } from './plan/wants.ts';
import { withoutBlame } from './relay.ts';
import { type Repetition, repeat, type Seed } from './repeat.ts';
import type { InTurn } from './turns.ts';
import type { Controls, Way } from './ways.ts';
import type { World } from './world.ts';

export interface JudgedOptions {
  world: World;
  controls: Controls;
  inTurn: InTurn;
  started(key: string): void;
  /** Options of the command line that a rerun needs, too. */
  rerun: readonly string[];
  repetitions: { seed: Seed; count: number };
}

export async function judged(scenario: Scenario, way: Way, options: JudgedOptions): Promise<Result> {
  if (scenario.id.startsWith('control/')) return controlResult(scenario, way, options);
  const { world, controls, inTurn } = options;
  const { base, around } = way;
  const settle = (...found: [Judgement, Attempt | null, ControlFacts | null, (Repeated | null)?]) =>
    resultOf(scenario, way, options, ...found);
  const without = (verdict: Judgement['verdict'], reason: string | null) =>
    settle({ verdict, outcome: 'never-connected', reason, findings: [] }, null, base);

  const broken = notStarted(base);
  if (broken) return without('error', broken);
  if (base.state === 'unsupported') return without('skip', base.reason);
  if (around.via !== 'dns' && scenario.needs.includes('dns'))
    return without('skip', 'it is about a client that asks DNS: --via dns --confine');
  if (around.via === 'dns' && scenario.entity.domain === 'ip-address')
    return without('skip', 'its domain is an address, for which nobody asks DNS');
  if (scenario.given?.unusable) return without('skip', scenario.given.unusable);
  if (scenario.given && world.relay)
    return without('skip', 'its certificate is for a domain of its own, and not for that of the account');
  // A finding needs no control: what is offered in clear is tried even on a client whose plain login failed.
  const listens = onlyListens(scenario);
  if (base.state !== 'ok' && (base.outcome === 'never-connected' || !(actsInClear(scenario) || listens)))
    return without('inconclusive', `its base control failed: ${base.reason}`);
  if (world.relay && scenario.entity.domain !== 'ordinary')
    return without('skip', `the account has its own domain, and this takes another kind (${scenario.entity.domain})`);
  if (world.relay && takesCertificate(scenario))
    return without(
      'skip',
      'a login with a certificate cannot be passed on: the server behind sees no handshake of the client',
    );
  const unable = (await whatCannotBeServed(scenario, world)) ?? (await whatCannotBeSpoken(scenario, world));
  if (unable) return without('skip', unable);

  const control = base.state === 'ok' ? await controls.of(scenario, way) : base;
  if (control.state === 'unsupported') return without('skip', control.reason);
  // What is never right is never right in a control, either; that of the base is told once, by control/login.
  if (control !== base && control.findings.length > 0) {
    const reason = 'in its control, without any attack';
    return settle(
      { verdict: 'fail', outcome: control.outcome, reason, findings: control.findings },
      control.attempt,
      control,
    );
  }
  const attack = async (n: number) => {
    if (listens && control.attempt) return control.attempt;
    return inTurn((quiet) => {
      options.started(keyOf(scenario.id, around.transport, around.via));
      return attempt(world, attackPlan(scenario, around, control, n), quiet);
    });
  };
  const judgeIt = ({ observations, canary, domain }: Attempt) =>
    judge({
      scenario,
      transport: around.transport,
      observations,
      canary,
      domain,
      base,
      control,
      inapplicable: way.verifiesDialled && isAboutNames(scenario, around.via) ? 'verifies the dialled address' : null,
      rules: world.rules,
    });
  const once = async (n: number): Promise<Repetition> => {
    let made = await attack(n);
    let judgement = judgeIt(made);
    // What a client did not do it may just have been too slow for: it has its own limits, and this machine its load.
    if (!listens && judgement.findings.some(({ code }) => code.startsWith('missing-'))) {
      made = await attack(n);
      judgement = judgeIt(made);
    }
    return { n, made, judgement: withoutBlame(judgement, made.observations, control) };
  };
  const { seed, count } = options.repetitions;
  const { shown, repeated } = await repeat(seed, listens ? 1 : count, once);
  return settle(shown.judgement, shown.made, control, repeated);
}

/** A control scenario is its own control. */
export async function controlResult(scenario: Scenario, way: Way, options: JudgedOptions): Promise<Result> {
  const { base } = way;
  const control = scenario.session === 'once' || base.state !== 'ok' ? base : await options.controls.of(scenario, way);
  return resultOf(scenario, way, options, judgeControl(control, base), control.attempt, control);
}

function judgeControl(control: ControlRecord, base: ControlRecord): Judgement {
  const { findings } = control;
  const rest = { outcome: control.outcome, findings };
  const broken = notStarted(base);
  if (broken) return { ...rest, verdict: 'error', reason: broken };
  if (findings.length > 0) return { ...rest, verdict: 'fail', reason: null };
  if (control.state === 'ok') return { ...rest, verdict: 'pass', reason: null };
  return {
    ...rest,
    verdict: control === base && control.state === 'failed' ? 'inconclusive' : 'skip',
    reason: control.reason,
  };
}

/** Where the harness itself failed. */
export function errorResult(scenario: Scenario, around: Circumstances, options: JudgedOptions, error: unknown): Result {
  const judgement: Judgement = { verdict: 'error', outcome: 'never-connected', reason: explain(error), findings: [] };
  return resultOf(scenario, { around }, options, judgement, null, null);
}

function explain(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EMFILE' || code === 'ENFILE')
    return 'No file handle is left for another listener: raise the limit (ulimit -n), or run fewer scenarios at a time.';
  return error instanceof Error ? error.message : String(error);
}

function notStarted({ attempt: made }: ControlRecord): string | null {
  return pick(made?.observations ?? [], 'process', 'not-started')[0]?.message ?? null;
}

const BEFORE_TLS = ['connect', 'header', 'features', 'proceed'];

function actsInClear({ transports, script }: Scenario): boolean {
  return transports.includes('starttls') && script.some((item) => BEFORE_TLS.includes(item.on) && item.in !== 'tls');
}

function isAboutNames({ entity, script, given }: Scenario, via: Via): boolean {
  // It does not name the dialled address, so that it would be refused for that.
  if (given) return true;
  const presented = actionsOf(script).filter(({ name }) => name === 'present');
  const names = [entity.credential, ...presented.map(({ params }) => String(params))];
  return (
    entity.domain !== 'ordinary' ||
    names
      .map(credential)
      .some(({ name, defect, aboutNames = defect === 'name' }) => aboutNames && !namesWhatIsDialled(name, via))
  );
}

/** What such a client accepts is what these are about. */
const namesWhatIsDialled = (name: string, via: Via) =>
  name === 'dialled-address-only' || (via === 'dns' && ['host-name-only', 'ip-address-only'].includes(name));

/** An OpenSSL that cannot do it would make every client seem to be safe. */
async function whatCannotBeSpoken(scenario: Scenario, { authority }: World): Promise<string | null> {
  const probe = { domain: 'probe.xmpp.test' };
  for (const { item } of actionsOf(scenario.script)) {
    const { negotiate, present } = item.do;
    if (negotiate) {
      const issued = await issue(authority, scenario.entity.credential, probe);
      const reason = await cannotSpeak(channelPlanFor(negotiate), issued);
      if (reason) return reason;
    }
    // One that the scenario brings along is tried by itself.
    if (present === undefined || scenario.given || credential(present).defect !== 'key') continue;
    const reason = await cannotSpeak({}, await issue(authority, present, probe));
    if (reason) return reason;
  }
  return null;
}

/** Some of what a client is to refuse OpenSSL refuses already where it is to present it. */
async function whatCannotBeServed({ given }: Scenario, { authority }: World): Promise<string | null> {
  return given ? cannotPresent(await issue(authority, givenCredential(given.credential), given)) : null;
}

function resultOf(
  scenario: Scenario,
  { around: { transport, via } }: Pick<Way, 'around'>,
  { world, rerun }: JudgedOptions,
  { verdict, outcome, reason, findings }: Judgement,
  made: Attempt | null,
  control: ControlFacts | null,
  repeated: Repeated | null = null,
): Result {
  const observations = made?.observations ?? [];
  const { claim } = viewOf(observations);
  return {
    id: scenario.id,
    key: keyOf(scenario.id, transport, via),
    title: scenario.title,
    transport,
    via,
    ...(world.server && { serverPolicy: world.server.policyName }),
    verdict,
    outcome: made ? outcome : null,
    importance: scenario.importance,
    control: control?.profile ?? null,
    reason,
    baseline: null,
    rerun: world.byHand
      ? commandLine(world.byHand.rerun)
      : rerunCommand(scenario.id, transport, world.server ? null : via, [
          ...rerunWords(rerun, repeated),
          ...world.client.rerun,
        ]),
    findings,
    repeated,
    claimed: claim,
    exit: made?.exit ?? null,
    stderrTail: made?.stderrTail ?? '',
    durationMs: made?.durationMs ?? 0,
    waitedMs: Math.round(made?.waitedMs ?? 0),
    connections: connectionsOf(observations),
    ...(made && { transcript: observations }),
  };
}

/** The repetition that is shown, or all of them where none is to be singled out. */
function rerunWords(rerun: readonly string[], repeated: Repeated | null): readonly string[] {
  if (!repeated) return rerun;
  const [seed] = repeated.seeds;
  if (seed === undefined) return [...rerun, '--repeat', String(repeated.of)];
  const at = rerun.indexOf('--seed');
  return [...rerun.filter((_, index) => at === -1 || (index !== at && index !== at + 1)), '--seed', seed];
}

function connectionsOf(observations: readonly Observation[]): ConnectionSummary[] {
  return pick(observations, 'tcp', 'connected').map(({ connection, endpoint, direction }) => {
    const handshake = pick(observations, 'tls', 'handshake').find((o) => o.connection === connection);
    return {
      n: connection,
      endpoint,
      direction,
      peer: handshake?.peer ?? null,
      tls: handshake ? { version: handshake.version, cipher: handshake.cipher } : null,
    };
  });
}
