/** What the page says without its script: the summary, and each finding with its clause. */
import type { Report, Reports, Verdict } from '../../result.ts';
import { clauseOf } from '../citation.ts';
import { type ReportContext, runProblems } from '../reporter.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { clientName, type TableRow } from './rows.ts';

const VERDICTS: Verdict[] = ['fail', 'warn', 'error', 'inconclusive', 'skip', 'pass'];

export function header(reports: Reports): Markup {
  const [first, ...others] = reports;
  const title = others.length === 0 ? clientName(first) : `${reports.length} clients`;
  const { tool, catalogue } = first;
  const policies = [...new Set(reports.map(({ environment }) => environment.policy))].join(', ');
  const facts = `${tool.name} ${tool.version} · policy ${policies} · catalogue ${catalogue.slice(0, 12)}`;
  const rows = reports.map(
    (report) =>
      html`<tr><th scope="row">${clientName(report)}</th>${VERDICTS.map((verdict) => countCell(verdict, report.summary[verdict]))}<td>${report.selected}</td><td>${(report.durationMs / 1000).toFixed(1)} s</td></tr>`,
  );
  return html`<header class="top"><h1>${title}</h1><p class="quiet">${facts}</p>
<div class="summary" tabindex="0" role="region" aria-label="Summary"><table><caption class="unseen">Verdicts by client</caption><thead><tr><th scope="col">Client</th>${VERDICTS.map((verdict) => html`<th scope="col">${verdict}</th>`)}<th scope="col">selected</th><th scope="col">took</th></tr></thead><tbody>${rows}</tbody></table></div>
${notesOf(reports)}</header>`;
}

const countCell = (verdict: Verdict, count: number): Markup =>
  html`<td class="${count === 0 ? 'zero' : verdict}">${count}</td>`;

function notesOf(reports: Reports): Markup {
  const notes = new Map<string, string[]>();
  for (const report of reports)
    for (const note of sentencesOf(report)) notes.set(note, [...(notes.get(note) ?? []), clientName(report)]);
  if (notes.size === 0) return NOTHING;
  const items = [...notes].map(([note, who]) =>
    reports.length === 1 ? html`<li>${note}</li>` : html`<li><b>${who.join(', ')}</b>: ${note}</li>`,
  );
  return html`<ul class="notes" aria-label="Notes">${items}</ul>`;
}

function sentencesOf(report: Report): string[] {
  const broken = report.controls.filter(({ ok }) => !ok);
  // A control that fails makes skips, which say why; one behind open results belongs before everything.
  const behind = broken.filter(({ profile }) =>
    report.results.some(({ control, verdict }) => control === profile && verdict === 'inconclusive'),
  );
  const unfinished = report.selected - report.results.length;
  return [
    ...report.notes,
    ...new Set(behind.map(({ diagnosis }) => `No login even without an attack. ${diagnosis ?? 'No reason is known.'}`)),
    ...runProblems(report),
    ...(unfinished > 0 ? [`${unfinished} of ${report.selected} were not run.`] : []),
  ];
}

/** A browser without the script has these, and nothing else of what the clients did. */
export function findings(rows: readonly TableRow[], reports: Reports, { requirements }: ReportContext): Markup {
  const items = rows.flatMap(({ row, results }) => {
    const said = new Map<string, { verdict: string; requirement: string; clients: string[] }>();
    for (const [column, result] of results.entries()) {
      if (result?.verdict !== 'fail' && result?.verdict !== 'warn') continue;
      for (const { message, requirement } of result.findings) {
        const one = said.get(message) ?? { verdict: result.verdict, requirement, clients: [] };
        const report = reports[column];
        if (report) one.clients.push(clientName(report));
        said.set(message, one);
      }
    }
    if (said.size === 0) return [];
    const lines = [...said].map(
      ([message, { verdict, requirement, clients }]) =>
        html`<li><b>${verdict}</b> ${message} ${reports.length > 1 ? html`(${clients.join(', ')}) ` : NOTHING}<span class="quiet">${clause(requirement, requirements)}</span></li>`,
    );
    return [
      html`<li><h3>${row.id}[${row.transport}] <span class="importance">${row.importance}</span></h3><p>${row.title}</p><ul>${lines}</ul></li>`,
    ];
  });
  return html`<section class="static-only" aria-label="Findings"><p>Without JavaScript this page has the summary and the findings. Transcripts, diagrams and the search need it; the JSON report has the same transcripts.</p><h2>Findings</h2>${items.length > 0 ? html`<ol>${items}</ol>` : html`<p>None.</p>`}</section>`;
}

function clause(id: string, requirements: ReportContext['requirements']): string {
  const requirement = Object.hasOwn(requirements, id) ? requirements[id] : undefined;
  return requirement ? `${requirement.text} (${clauseOf(requirement)})` : id;
}
