/** The table of scenarios: rows are made where they come into sight, so that a search redraws little. */
import { type Index, type Row, verdictAt } from '../model.ts';
import { element, verdictSign } from './dom.ts';

/** Cells of verdicts that are made at a time, and the least rows. */
const CELLS = 320;
const ROWS = 12;

export interface List {
  table: HTMLElement;
  show(rows: number[]): void;
  /** Marks one as open. */
  mark(row: number | null): void;
  /** Puts the focus on it. */
  focus(row: number): void;
}

export function createList(index: Index, linkTo: (row: number, client: number | null) => string): List {
  const several = index.clients.length > 1;
  const body = element('tbody', { onkeydown: (event) => move(event as KeyboardEvent), onclick: openCell });
  const table = element('table', { class: several ? 'list many' : 'list one' }, caption(), head(index), body);
  const chunk = Math.max(ROWS, Math.min(40, Math.ceil(CELLS / index.clients.length)));
  const built = new Map<number, HTMLElement>();
  let shown: number[] = [];
  let made = 0;
  let marked: number | null = null;
  const more = new IntersectionObserver((entries) => entries.some((one) => one.isIntersecting) && extend(), {
    rootMargin: '600px',
  });

  function extend() {
    more.disconnect();
    const next = shown.slice(made, made + chunk);
    body.append(...next.map(rowOf));
    made += next.length;
    if (made < shown.length && body.lastElementChild) more.observe(body.lastElementChild);
  }

  /** Made once: a search shows the same rows again and again. */
  function rowOf(number: number): HTMLElement {
    const row = built.get(number) ?? rowElement(number);
    built.set(number, row);
    if (number === marked) row.querySelector('a')?.setAttribute('aria-current', 'true');
    return row;
  }

  function rowElement(number: number): HTMLElement {
    const row = index.rows[number] as Row;
    const link = element(
      'a',
      { href: linkTo(number, null) },
      row.id,
      element('span', { class: 'transport' }, `[${row.transport}]`),
    );
    const cells = index.clients.map((client, at) => cell(row, client, at));
    const name = element('th', { scope: 'row' }, link, element('span', { class: 'title' }, row.title));
    const importance = element('td', {}, element('span', { class: `importance ${row.importance}` }, row.importance));
    const found = element('td', { class: 'said' }, row.said.split('\n', 1).join());
    return element(
      'tr',
      { 'data-row': number },
      ...(several ? [importance, name, ...cells] : [...cells, importance, name, found]),
    );
  }

  function cell(row: Row, client: string, at: number): HTMLElement {
    const verdict = verdictAt(row.verdicts, at);
    if (!verdict) return element('td', { class: 'verdict none' }, element('span', { class: 'unseen' }, 'not run'));
    return element(
      'td',
      { class: 'verdict', 'data-client': at, title: several && `${client}: ${verdict}` },
      verdictSign(verdict),
    );
  }

  /** For the mouse; the keyboard opens the row, and chooses the client there. */
  function openCell({ target }: Event) {
    if (!(target instanceof Element) || target.closest('a')) return;
    const row = target.closest('tr')?.dataset.row;
    const client = target.closest('td')?.dataset.client;
    if (row === undefined || getSelection()?.isCollapsed === false) return;
    location.hash = linkTo(Number(row), client === undefined || !several ? null : Number(client));
  }

  function move(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const from = event.target instanceof Element ? event.target.closest('tr') : null;
    if (!step || !from) return;
    event.preventDefault();
    if (step === 1 && !from.nextElementSibling) extend();
    const to = step === 1 ? from.nextElementSibling : from.previousElementSibling;
    to?.querySelector('a')?.focus();
  }

  return {
    table,
    show(rows) {
      shown = rows;
      made = 0;
      body.replaceChildren();
      extend();
    },
    mark(row) {
      if (marked !== null) built.get(marked)?.querySelector('a')?.removeAttribute('aria-current');
      marked = row;
      if (row !== null) built.get(row)?.querySelector('a')?.setAttribute('aria-current', 'true');
    },
    focus(row) {
      body.querySelector<HTMLElement>(`tr[data-row="${row}"] a`)?.focus();
    },
  };
}

const caption = () =>
  element('caption', { class: 'unseen' }, 'Scenarios, the worst first. Up and down move, Enter opens.');

function head({ clients }: Index): HTMLElement {
  const column = (text: string, name = '') => element('th', { scope: 'col', class: name }, text);
  const columns =
    clients.length > 1
      ? [
          column('Importance', 'narrow'),
          column('Scenario'),
          ...clients.map((client) =>
            element('th', { scope: 'col', class: 'client', title: client }, element('span', {}, client)),
          ),
        ]
      : [column('Verdict', 'narrow'), column('Importance', 'narrow'), column('Scenario'), column('Found')];
  return element('thead', {}, element('tr', {}, ...columns));
}
