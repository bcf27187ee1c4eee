/** The script of the page: the list, and one scenario beside it. What is open stands in the address. */
import { detailsAt, readIndex } from './data.ts';
import { detailsView } from './details.ts';
import { byId, element } from './dom.ts';
import { createFilter } from './filter.ts';
import { createList } from './list.ts';
import { toolbar } from './toolbar.ts';

const index = readIndex();
const filter = createFilter(index);
const list = createList(index, addressOf);
const count = element('p', { class: 'quiet', role: 'status', 'aria-live': 'polite' });
const panel = element('aside', { 'aria-label': 'Scenario', hidden: true });
const tools = toolbar(index, (wanted) => {
  const rows = filter(wanted);
  list.show(rows);
  count.textContent = `${rows.length} of ${index.rows.length}`;
});
const scroll = element('div', { class: 'scroll' }, list.table);
byId('app').append(
  element(
    'section',
    { class: 'pane', 'aria-label': 'Scenarios' },
    element('h2', { class: 'unseen' }, 'Scenarios'),
    tools,
    count,
    scroll,
  ),
  panel,
);

/** `#id[transport]`, and `@N` behind it for the Nth client. */
function addressOf(row: number, client: number | null): string {
  const { id = '', transport = '' } = index.rows[row] ?? {};
  return `#${encodeURIComponent(`${id}[${transport}]${client === null ? '' : `@${client + 1}`}`)}`;
}

function opened(): { row: number; client: number } | null {
  const [, key = '', n] = /^(.*\])(?:@(\d+))?$/.exec(decoded(location.hash.slice(1))) ?? [];
  const row = index.rows.findIndex(({ id, transport }) => `${id}[${transport}]` === key);
  const verdicts = index.rows[row]?.verdicts;
  if (verdicts === undefined) return null;
  return { row, client: n === undefined ? worstClient(verdicts) : Math.min(Number(n), index.clients.length) - 1 };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

const worstClient = (verdicts: string) => {
  const letter = [...'fweisp'].find((one) => verdicts.includes(one));
  return letter === undefined ? 0 : verdicts.indexOf(letter);
};

let last: number | null = null;

async function showOpened() {
  const at = opened();
  const isNew = at?.row !== last;
  last = at?.row ?? null;
  list.mark(last);
  panel.hidden = at === null;
  document.body.classList.toggle('opened', at !== null);
  if (at === null) return panel.replaceChildren();
  const { row, client } = at;
  const shown = index.rows[row];
  if (!shown) return;
  const close = element(
    'button',
    { type: 'button', class: 'close', onclick: leave, 'aria-keyshortcuts': 'Escape' },
    'Close',
  );
  try {
    const details = await detailsAt(row, index);
    if (last !== row) return;
    const linkTo = (other: number) => addressOf(row, other);
    panel.replaceChildren(close, detailsView({ index, row: shown, details, client, linkTo }));
  } catch {
    panel.replaceChildren(close, element('p', {}, 'This browser is too old to unpack it (DecompressionStream).'));
  }
  if (isNew) panel.scrollTop = 0;
  (isNew ? byId('opened') : panel.querySelector<HTMLElement>('.tabs [aria-current]'))?.focus({ preventScroll: true });
}

function leave() {
  const row = last;
  history.replaceState(null, '', location.pathname + location.search);
  void showOpened();
  if (row !== null) list.focus(row);
}

addEventListener('hashchange', () => void showOpened());
addEventListener('keydown', (event) => {
  const typing = event.target instanceof Element && event.target.matches('input, select, textarea');
  if (event.key === 'Escape' && last !== null && !typing) leave();
  if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  byId('search').focus();
});
void showOpened();
