/** Elements. Text is only ever text here: the page's policy refuses anything that would parse it. */

type Child = Node | string | false | null;

interface Attributes {
  [name: string]: string | number | boolean | ((event: Event) => void);
}

/** `on...` listens; true and false set and leave out; the rest are attributes. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name.slice(2), value);
    else if (value !== false) made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...children.filter((child) => child !== false && child !== null));
  return made;
}

/** What is there by this id: the page is ours. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}.`);
  return found;
}

/** A sign for eyes, and the word for ears. */
export function verdictSign(verdict: string): HTMLElement {
  return element('span', { class: `sign ${verdict}`, role: 'img', 'aria-label': verdict }, SIGNS[verdict] ?? '');
}

const SIGNS: Record<string, string> = { fail: '✕', warn: '!', error: 'E', inconclusive: '?', skip: '–', pass: '✓' };

/** A command to copy. */
export function copyable(text: string): HTMLElement {
  const code = element('code', {}, text);
  const button = element('button', { type: 'button', class: 'copy', onclick: copy }, 'Copy');
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      getSelection()?.selectAllChildren(code);
      button.textContent = 'Selected';
    }
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 2000);
  }
  return element('div', { class: 'copyable' }, element('pre', { tabindex: 0 }, code), button);
}
