/** One scenario: what was done, and of one client at a time what it did, what was found, and how to see it again. */

import { visible, visibleLines } from '../../escape.ts';
import { type Cell, type Details, type Index, type Row, verdictAt, type Wanted } from '../model.ts';
import { copyable, element, verdictSign } from './dom.ts';
import { ladderView } from './ladder-view.ts';

export interface Opened {
  index: Index;
  row: Row;
  details: Details;
  client: number;
  /** A link to the same of another client. */
  linkTo(client: number): string;
}

export function detailsView({ index, row, details, client, linkTo }: Opened): HTMLElement {
  const { scenario, cells } = details;
  const cell = cells[client] ?? null;
  return element(
    'article',
    {},
    element(
      'header',
      {},
      element(
        'h2',
        { tabindex: -1, id: 'opened' },
        row.id,
        element('span', { class: 'transport' }, `[${row.transport}]`),
      ),
      element(
        'p',
        { class: 'lead' },
        row.title,
        ' ',
        element('span', { class: `importance ${row.importance}` }, row.importance),
      ),
    ),
    scenario && element('p', { class: 'description' }, scenario.description),
    index.clients.length > 1 ? tabs(index, row, client, linkTo) : null,
    cell ? resultView(cell, index, client) : element('p', {}, 'This client did not run it.'),
    scenario && fullScenario(scenario, index),
  );
}

function tabs({ clients }: Index, { verdicts }: Row, chosen: number, linkTo: (client: number) => string): HTMLElement {
  const links = clients.map((client, at) => {
    const verdict = verdictAt(verdicts, at);
    const sign = verdict ? verdictSign(verdict) : element('span', { class: 'sign' }, 'not run ');
    return element(
      'li',
      {},
      element('a', { href: linkTo(at), 'aria-current': at === chosen && 'true' }, sign, ` ${client}`),
    );
  });
  return element('nav', { class: 'tabs', 'aria-label': 'Clients' }, element('ul', {}, ...links));
}

function resultView(cell: Cell, index: Index, client: number): HTMLElement {
  const proofs = new Map<number, number[]>();
  for (const [at, { evidence }] of cell.findings.entries())
    for (const n of evidence) proofs.set(n, [...(proofs.get(n) ?? []), at + 1]);
  return element(
    'div',
    {},
    verdictLine(cell),
    cell.findings.length > 0 && findingsView(cell, index),
    heading('What the client did'),
    ...(cell.transcript
      ? [ladderView(cell.transcript, proofs), canaryNote(index, client)]
      : [element('p', { class: 'quiet' }, 'The transcript of a pass is left out; with --transcripts all it is here.')]),
    heading('Run just this again'),
    copyable(visible(cell.rerun)),
    cell.stderrTail !== '' && folded('Standard error of the client, its end', visibleLines(cell.stderrTail).join('\n')),
    cell.transcript
      ? folded('Raw transcript', cell.transcript.map((o) => visible(JSON.stringify(o))).join('\n'))
      : null,
  );
}

function verdictLine({ verdict, outcome, reason, baseline, durationMs, repeated, exit }: Cell): HTMLElement {
  const facts = [
    outcome && `outcome ${outcome}`,
    exit && (exit.signal ? `ended by ${exit.signal}` : `exit status ${exit.code}`),
    `${(durationMs / 1000).toFixed(1)} s`,
    repeated && `${repeated.verdicts[verdict]} of ${repeated.of} repetitions`,
  ];
  return element(
    'div',
    { class: 'outcome' },
    element(
      'p',
      {},
      verdictSign(verdict),
      ' ',
      element('b', {}, verdict),
      element('span', { class: 'quiet' }, ` · ${facts.filter(Boolean).join(' · ')}`),
    ),
    reason !== null && element('p', {}, visible(reason)),
    baseline &&
      element(
        'p',
        {},
        visible(
          `Baseline: expects ${baseline.expected}, ${baseline.state}. ${baseline.kind}: ${baseline.reason} ${baseline.link ?? ''}`,
        ),
      ),
  );
}

function findingsView({ findings, transcript }: Cell, { requirements }: Index): HTMLElement {
  const there = new Set(transcript?.map(({ n }) => n));
  const items = findings.map(({ message, code, level, severity, requirement, evidence }) => {
    const clause = requirements[requirement];
    const links = evidence.filter((n) => there.has(n)).map((n) => stepLink(n));
    return element(
      'li',
      { class: `finding ${level}` },
      element('p', {}, element('b', {}, visible(message))),
      element('p', { class: 'quiet' }, element('code', {}, visible(code)), ` · ${level} · ${severity}`),
      element(
        'blockquote',
        {},
        clause?.text ?? '',
        element('cite', {}, clause ? `${clause.clause} · ${requirement}` : visible(requirement)),
      ),
      links.length > 0 && element('p', { class: 'quiet' }, 'Proof: ', ...links),
    );
  });
  return element('section', {}, heading('Findings'), element('ol', { class: 'findings' }, ...items));
}

function stepLink(n: number): HTMLElement {
  const show = () => {
    const step = document.getElementById(`step-${n}`);
    step?.scrollIntoView({ block: 'center' });
    step?.focus();
  };
  return element('button', { type: 'button', class: 'link', onclick: show }, `step ${n}`);
}

const canaryNote = ({ relayed }: Index, client: number) =>
  element(
    'p',
    { class: 'quiet' },
    relayed[client]
      ? 'The password of the account is masked wherever it would show above.'
      : 'Passwords shown above are canaries: made for this run, they open nothing.',
  );

function fullScenario(
  { seenIn, does, wanted, first }: NonNullable<Details['scenario']>,
  { requirements }: Index,
): HTMLElement {
  const want = ({ sentence, requirement }: Wanted) => {
    const clause = requirement === null ? undefined : requirements[requirement];
    return element(
      'li',
      {},
      sentence,
      clause ? element('span', { class: 'quiet' }, ` ${clause.text} (${clause.clause})`) : null,
    );
  };
  return element(
    'section',
    {},
    heading('What Mallory does'),
    element(
      'ul',
      { class: 'script' },
      ...does.map((line) => element('li', { class: line.startsWith(' ') && 'deed' }, visible(line.trim()))),
    ),
    heading('What is wanted of the client'),
    element('ul', {}, ...wanted.map(want)),
    heading('What has to work first'),
    element('ul', {}, ...first.map((line) => element('li', {}, line))),
    ...(seenIn.length > 0
      ? [
          heading('Where it went wrong in the wild'),
          element('ul', {}, ...seenIn.map((line) => element('li', {}, line))),
        ]
      : []),
  );
}

const heading = (text: string) => element('h3', {}, text);

const folded = (title: string, text: string) =>
  element('details', {}, element('summary', {}, title), element('pre', { tabindex: 0 }, text));
