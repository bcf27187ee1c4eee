/** A conformance statement in Markdown: RFC 7590 and BCP 195, clause by clause, with what stands behind each word of it. */
import { levelUnder } from '../judge/findings.ts';
import type { Level, Report, Reports, Result, Verdict } from '../result.ts';
import type { Requirement } from '../scenario/catalogue.ts';
import { clauseOf, clauseUri } from './citation.ts';
import { code, folded, prose, table } from './markdown-text.ts';
import type { ReportContext } from './reporter.ts';
import { DOCUMENTS, type Document, type Section } from './statement-sections.ts';
import { nameOf, tally } from './tally.ts';

export function statement(reports: Reports, context: ReportContext): string {
  return `${reports.map((report) => statementOf(report, context)).join('\n\n')}\n`;
}

/** What can be said of a clause, from bad to good. `departs`: from what is only a SHOULD. */
type State = 'does not conform' | 'departs' | 'not tested' | 'partly tested' | 'conforms' | 'recorded';

interface Clause {
  id: string;
  requirement: Requirement;
  level: Level;
  state: State;
  /** Results in which it was broken. */
  broken: Result[];
  /** Scenarios in which it was kept, wherever they could be judged. */
  kept: string[];
  /** Scenarios that leave it open, and why. */
  open: { id: string; why: string }[];
}

function statementOf(report: Report, context: ReportContext): string {
  const title = `# Conformance of ${prose(nameOf(report))} to RFC 7590 and BCP 195`;
  if (Object.keys(context.requirements).length === 0) return [title, provenance(report), NO_CATALOGUE].join('\n\n');
  const clauses = clausesOf(report, context);
  const sections = DOCUMENTS.map(({ source, title, sections }) => ({
    source,
    title,
    sections: sections.map((section) => ({ section, clauses: within(section, source, clauses) })),
  }));
  return [
    title,
    provenance(report),
    PREFACE,
    ...report.notes.map((note) => `> ${prose(note)}`),
    ...sections.flatMap(({ source, title, sections }) => [
      `## ${source}: ${prose(title)}`,
      table(
        ['section', 'state'],
        sections.map(({ section, clauses }) => [`${section.section} ${prose(section.title)}`, said(stateOf(clauses))]),
      ),
      ...sections.map(({ section, clauses }) => sectionText(section, source, clauses, report)),
    ]),
  ].join('\n\n');
}

function provenance({ tool, catalogue, seed, environment, results, selected, loaded }: Report): string {
  const { node, openssl, platform, policy } = environment;
  const run = `${tally(results) || 'no result'}, of ${selected} selected and ${loaded} scenarios in the catalogue`;
  return prose(
    `Made by ${tool.name} ${tool.version} (catalogue ${catalogue.slice(0, 12)}, policy ${policy}, seed ${seed}; Node ${node}, OpenSSL ${openssl}, ${platform}). Results: ${run}.`,
  );
}

const NO_CATALOGUE =
  '> The catalogue that these results were made with is not at hand: clause by clause, nothing can be said of them.';

const PREFACE = `This is a record of tests, and no certificate.

- **does not conform**: a MUST was seen to be broken; the results that show it are named. **departs**: a SHOULD was not followed.
- **conforms**: in every scenario that tests the clause the attack took place, or the client's own offer made it impossible, and the clause was
  kept. Tests can show that a rule is broken; that it is kept always, in ways that were not tried, they cannot.
- **partly tested**, **not tested**: nothing was seen to be broken, and some or all of the scenarios say nothing, for the reason given.
- **recorded**: no more than information, whichever way it is.

It holds for this client as it was started here, with its configuration and its TLS library, and for what is seen on the wire. Clauses for servers
and for those who run them are not judged. What RFC 7590 says of RFC 7525 is read in RFC 9325, which replaced it.`;

/** Every clause of the requirements, with what is known of it. */
function clausesOf(report: Report, { requirements, scenarios }: ReportContext): Clause[] {
  const results = new Map<string, Result[]>();
  for (const result of report.results) results.set(result.id, [...(results.get(result.id) ?? []), result]);
  const citing = new Map<string, Set<string>>();
  for (const { id, expect } of scenarios)
    for (const requirement of [...Object.values(expect.never), ...Object.values(expect.see)])
      citing.set(requirement, (citing.get(requirement) ?? new Set()).add(id));

  return Object.entries(requirements).map(([id, requirement]) => {
    const breaks = (result: Result) => result.findings.some((finding) => finding.requirement === id);
    const broken = report.results.filter(breaks);
    const level = levelOf(requirement, report);
    const kept: string[] = [];
    const open: Clause['open'] = [];
    for (const scenario of citing.get(id) ?? []) {
      const of = results.get(scenario) ?? [];
      if (of.some(breaks)) continue;
      const why = whyOpen(of);
      if (why === null) kept.push(scenario);
      else open.push({ id: scenario, why });
    }
    return { id, requirement, level, broken, kept, open, state: judge(level, broken, kept, open) };
  });
}

/** One transport on which it was kept is enough where the client does not speak the other. */
function whyOpen(results: readonly Result[]): string | null {
  const odd = results.find(({ verdict }) => verdict === 'inconclusive' || verdict === 'error');
  if (odd) return `${odd.verdict}: ${odd.reason ?? 'no reason is known'}`;
  if (results.some(({ verdict }) => verdict === 'pass' || verdict === 'warn')) return null;
  if (results.some(({ verdict }) => verdict === 'fail'))
    return 'another clause was broken, and this one did not come to its test';
  return results.length === 0 ? 'not run' : `skipped: ${results[0]?.reason ?? 'no reason is known'}`;
}

function judge(level: Level, broken: Result[], kept: string[], open: unknown[]): State {
  if (broken.length > 0) return level === 'must' ? 'does not conform' : level === 'should' ? 'departs' : 'recorded';
  if (kept.length === 0) return 'not tested';
  if (level === 'info') return 'recorded';
  return open.length > 0 ? 'partly tested' : 'conforms';
}

/** As the judge has it: nobody is failed by a clause that was not read. */
function levelOf({ level, checked }: Requirement, { environment, server }: Report): Level {
  const one = levelUnder(level, environment.policy, server?.policy);
  return one === 'must' && checked === 'knowledge' ? 'should' : one;
}

/** Its own clauses first. */
function within({ section, by }: Section, source: Document['source'], clauses: readonly Clause[]): Clause[] {
  const own = clauses.filter(({ requirement }) => requirement.source === source && requirement.section === section);
  const others = clauses.filter((one) => !own.includes(one) && by.some((prefix) => one.id.startsWith(prefix)));
  return [...own, ...others];
}

const WORST_FIRST: readonly State[] = ['does not conform', 'departs', 'not tested', 'partly tested', 'conforms'];

function stateOf(clauses: readonly Clause[]): State {
  const states = new Set(clauses.map(({ state }) => state));
  const bad = WORST_FIRST.slice(0, 2).find((state) => states.has(state));
  if (bad) return bad;
  const tested = states.has('conforms') || states.has('partly tested');
  if (tested) return states.has('not tested') || states.has('partly tested') ? 'partly tested' : 'conforms';
  return states.has('recorded') ? 'recorded' : 'not tested';
}

const said = (state: State) => (state === 'does not conform' || state === 'departs' ? `**${state}**` : state);

function sectionText(
  { section, title, not }: Section,
  source: string,
  clauses: readonly Clause[],
  report: Report,
): string {
  const rows = clauses.map((one) => [
    `[${prose(clauseOf(one.requirement))}](${clauseUri(one.requirement)})`,
    one.level,
    prose(one.requirement.text),
    `${said(one.state)}${behind(one)}`,
  ]);
  const proofs = clauses.map((one) => proof(one, report)).filter((line) => line !== '');
  return [
    `### ${source}, ${section}: ${prose(title)}`,
    ...not.map((sentence) => `Not tested: ${prose(sentence)}`),
    ...(rows.length > 0 ? [table(['clause', 'level', 'a client has to', 'state'], rows)] : []),
    ...(proofs.length > 0 ? [folded('Scenarios and verdicts behind it', proofs.join('\n'))] : []),
  ].join('\n\n');
}

/** How many scenarios say so, and for what is open the commonest reason. */
function behind({ broken, kept, open }: Clause): string {
  const reasons = [...new Set(open.map(({ why }) => why))];
  const parts = [
    ...(broken.length > 0 ? [`broken in ${broken.length}`] : []),
    ...(kept.length > 0 ? [`kept in ${kept.length}`] : []),
    ...(open.length > 0
      ? [
          `open in ${open.length} (${reasons[0]}${reasons.length > 1 ? `, and ${reasons.length - 1} reasons more` : ''})`,
        ]
      : []),
  ];
  return `: ${prose(parts.join('; ') || 'no scenario tests it by itself')}`;
}

function proof({ id, broken, kept, open }: Clause, { results }: Report): string {
  const verdicts = (scenario: string) => {
    const of = results.filter((one) => one.id === scenario);
    return of.map(({ verdict, transport, reason }) => `${verdict} by ${transport}${noted(verdict, reason)}`).join(', ');
  };
  const lines = [
    ...broken.map(({ key, verdict }) => `  - ${code(key)}: **${verdict}**`),
    ...kept.map((scenario) => `  - ${code(scenario)}: ${prose(verdicts(scenario))}`),
    ...open.map(({ id: scenario, why }) => `  - ${code(scenario)}: ${prose(why)}`),
  ];
  return lines.length === 0 ? '' : [`- ${code(id)}`, ...lines].join('\n');
}

const noted = (verdict: Verdict, reason: string | null) =>
  verdict === 'pass' && reason !== null ? ` (${reason})` : '';
