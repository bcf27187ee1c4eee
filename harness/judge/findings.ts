/** Broken rules, with their proof. */
import type { Finding, Level, Policy, ServerPolicy } from '../result.ts';
import type { Levels, Requirement } from '../scenario/catalogue.ts';
import { observationNames } from '../scenario/observation-names.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { CLAIMS } from './claims.ts';
import type { Context, ObservationRule } from './observation-rule.ts';
import { OBSERVATIONS } from './observations.ts';
import type { View } from './view.ts';

export interface Rules {
  requirements: Readonly<Record<string, Requirement>>;
  policy: Policy;
  /** What the administrator of a server chose; absent for clients. */
  server?: ServerPolicy | undefined;
}

/** Whatever is never right, and what this scenario says must never be seen. Needs neither delivery nor control. */
export function neverFindings(view: View, scenario: Scenario, context: Context, rules: Rules): Finding[] {
  const findings: Finding[] = [];
  for (const [code, rule] of Object.entries(OBSERVATIONS)) {
    const named = scenario.expect.never[code];
    const always = rules.server ? (forServers(rule, rules.server) ?? undefined) : rule.never;
    if (named === undefined && always === undefined) continue;
    const evidence = rule.find(view, context);
    if (evidence.length === 0) continue;
    const message = rule.says(view, evidence);
    if (always === undefined) {
      const requirement = named ?? '';
      const level = tolerated(levelOf(requirement, rules), scenario, rules);
      findings.push({ code, message, requirement, level, severity: scenario.importance, evidence });
    } else {
      // The scenario may name a clause that fits better, but what is never right stays a must; of a server it is what
      // its policy makes of it.
      const level = rules.server ? levelOf(always, rules) : 'must';
      const better = named !== undefined && level === 'must' && levelOf(named, rules) === 'must';
      const severity = level === 'must' ? worst(scenario) : scenario.importance;
      findings.push({ code, message, requirement: better ? named : always, level, severity, evidence });
    }
  }
  return findings;
}

/** The clause for servers that says the same, or one that is for servers with this policy only; null where there is none. */
function forServers({ never, neverOfServers }: ObservationRule, server: ServerPolicy): string | null {
  if (neverOfServers !== undefined) return neverOfServers(server);
  return never === undefined ? null : (OF_SERVERS[never] ?? never);
}

/** RFC 7590, section 3.4: what clients must, servers should; more is their administrators' choice. */
const OF_SERVERS: Record<string, string> = {
  'rfc7590-3.1-not-deterred': 'rfc7590-3.1-server-encryption',
  'rfc7590-3.4-authenticate-server': 'rfc7590-3.4-server-authentication',
};

/** Where a certificate that proves nothing is only recommended against, one that proves little is not worse. */
function tolerated(level: Level, { script }: Scenario, { server }: Rules): Level {
  const aboutCertificate = script.some((item) => item.do.present !== undefined);
  return level === 'must' && server?.authentication === 'optional' && aboutCertificate ? 'should' : level;
}

/** What a client has to do once the attack was delivered, and did not. */
export function missingFindings(view: View, scenario: Scenario, context: Context, rules: Rules): Finding[] {
  return Object.entries(scenario.expect.see).flatMap(([key, requirement]) => {
    const names = observationNames(key);
    if (names.some((name) => (OBSERVATIONS[name]?.find(view, context).length ?? 0) > 0)) return [];
    const level = levelOf(requirement, rules);
    const evidence = lastWords(view);
    const message = `It did not do what was expected: ${names.map(WANTED).join(', or ')}.`;
    return [{ code: `missing-${names[0]}`, message, requirement, level, severity: scenario.importance, evidence }];
  });
}

/**
 * What the client says of itself, held against the wire (RFC 7590, section 3.6). The wire wins. Where the scenario names
 * such a claim it is among the others; everywhere else it is shown, and changes nothing.
 */
export function claimFindings(view: View, scenario: Scenario): Finding[] {
  return Object.entries(CLAIMS).flatMap(([code, rule]) => {
    const evidence = scenario.expect.never[code] === undefined ? rule.find(view) : [];
    if (evidence.length === 0) return [];
    const severity = scenario.importance === 'info' ? 'info' : 'low';
    const requirement = 'rfc7590-3.6-human-factors';
    return [{ code, message: rule.says(), requirement, level: 'info', severity, evidence }];
  });
}

/** `knowledge` alone is at most `should`: nobody is failed by what was not read (design, section 5). */
export function levelOf(requirement: string, { requirements, policy, server }: Rules): Level {
  const entry = requirements[requirement];
  if (!entry) return 'info';
  const level = levelUnder(entry.level, policy, server);
  return level === 'must' && entry.checked === 'knowledge' ? 'should' : level;
}

export function levelUnder(levels: Levels, policy: Policy, server: ServerPolicy | undefined): Level {
  if (typeof levels === 'string') return levels;
  if (policy in levels) return (levels as Record<Policy, Level>)[policy];
  const { encryption = 'required', authentication = 'required' } = server ?? {};
  if ('encryption-required' in levels) return levels[`encryption-${encryption}`];
  return 'authentication-required' in levels ? levels[`authentication-${authentication}`] : 'info';
}

function worst(scenario: Scenario): Finding['severity'] {
  return scenario.importance === 'critical' ? 'critical' : 'high';
}

const WANTED = (name: string): string =>
  ({
    online: 'establish a session',
    'online-again': 'establish a session once more',
    'online-elsewhere': 'establish a session where a redirect leads',
    'online-where-dns-leads': 'establish a session where DNS leads',
    'online-in-tls': 'establish a session inside TLS',
    'asked-for-starttls': 'ask for TLS all the same',
    'closed-by-client': 'close the connection',
    'gave-up': 'give up by itself',
    'tls-established': 'complete the TLS handshake',
    'went-on': 'go on with the handshake',
  })[name] ?? name;

/** The last things that the client did. */
function lastWords(view: View): number[] {
  return view.observations
    .filter((o) => 'from' in o && o.from === 'client')
    .slice(-2)
    .map((o) => o.n);
}
