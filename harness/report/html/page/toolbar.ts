/** Search and filters. */
import { type Index, LETTERS, verdictAt } from '../model.ts';
import { element, verdictSign } from './dom.ts';
import { type Filter, familyOf } from './filter.ts';

/** `changed` is called with each change, and first at once. */
export function toolbar(index: Index, changed: (filter: Filter) => void): HTMLElement {
  const verdicts = new Set<string>();
  const search = element('input', {
    type: 'search',
    id: 'search',
    placeholder: 'Search scenarios and findings',
    'aria-label': 'Search scenarios and findings',
    'aria-keyshortcuts': '/',
    autocomplete: 'off',
    spellcheck: 'false',
    oninput: tell,
  });
  const family = choice('Family', [...new Set(index.rows.map(familyOf))].sort(), tell);
  const importance = choice('Importance', ['critical', 'high', 'medium', 'low', 'info'], tell);
  const client = choice('Client', index.clients, tell);
  const differ = element('input', { type: 'checkbox', onchange: tell });
  const several = index.clients.length > 1;
  const buttons = Object.keys(LETTERS).flatMap((verdict) => {
    const count = index.rows.filter((row) =>
      index.clients.some((_, at) => verdictAt(row.verdicts, at) === verdict),
    ).length;
    if (count === 0) return [];
    const button = element('button', { type: 'button', class: 'toggle', 'aria-pressed': 'false' });
    button.append(verdictSign(verdict), ` ${verdict} `, element('span', { class: 'count' }, String(count)));
    button.addEventListener('click', () => {
      if (!verdicts.delete(verdict)) verdicts.add(verdict);
      button.setAttribute('aria-pressed', String(verdicts.has(verdict)));
      tell();
    });
    return [button];
  });

  function tell() {
    changed({
      words: search.value,
      verdicts,
      family: family.value,
      importance: importance.value,
      client: client.value === '' ? null : index.clients.indexOf(client.value),
      differ: differ.checked,
    });
  }
  tell();
  return element(
    'div',
    { class: 'toolbar', role: 'search', 'aria-label': 'Scenarios' },
    search,
    element('div', { class: 'toggles', role: 'group', 'aria-label': 'Verdicts' }, ...buttons),
    family,
    importance,
    several && client,
    several && element('label', { class: 'check' }, differ, ' where clients differ'),
  );
}

function choice(name: string, values: string[], changed: () => void): HTMLSelectElement {
  const options = values.map((value) => element('option', { value }, value));
  const all = element('option', { value: '' }, `${name}: any`);
  return element('select', { 'aria-label': name, onchange: changed }, all, ...options);
}
