/** The page in a real browser (apt-get install chromium). */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { html } from '../../../../harness/report/html/index.ts';
import type { Reports } from '../../../../harness/result.ts';
import { context, everything, HOSTILE, report, result } from '../fixtures.ts';
import { hasChromium, launch } from './browser.ts';

const named = (label: string, ...results: ReturnType<typeof result>[]) =>
  report(results, { client: { label, version: null, command: [] }, notes: [] });

const many = Array.from({ length: 100 }, (_, at) => result(`family/${at}`, at % 2 === 0 ? 'pass' : 'warn'));
const clients: Reports = [
  named('one', result('a/b', 'pass'), result('a/c', 'fail', { importance: 'low' }), ...many),
  named('two', result('a/b', 'fail'), ...many),
];

let browser: Browser;
let folder: string;
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mallory-page-'));
  if (hasChromium) browser = await launch();
});
test.after.always(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

const inBrowser = hasChromium ? test : test.skip;
const titled = (what: string) => `page: ${what}${hasChromium ? '' : ' (needs chromium)'}`;

let pages = 0;
interface Opened {
  page: Page;
  /** What the console said, what was thrown, and what was asked of the network. */
  trouble: string[];
}

async function open(
  t: ExecutionContext,
  reports: Reports,
  options: BrowserContextOptions = {},
  hash = '',
): Promise<Opened> {
  const file = join(folder, `${++pages}.html`);
  await writeFile(file, await html(reports, context));
  const scope = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  t.teardown(() => scope.close());
  const page = await scope.newPage();
  const trouble: string[] = [];
  page.on('console', (message) => trouble.push(message.text()));
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('dialog', (dialog) => trouble.push(dialog.message()));
  page.on('request', (request) => request.url().startsWith('file:') || trouble.push(request.url()));
  await page.goto(`${pathToFileURL(file)}${hash}`);
  return { page, trouble };
}

const rows = (page: Page) => page.locator('tbody tr[data-row]');
const names = (page: Page) => page.locator('tbody tr[data-row] a').allTextContents();

inBrowser(titled('every scenario opens, without a word on the console and without the network'), async (t) => {
  const { page, trouble } = await open(t, [everything]);
  t.is(await rows(page).count(), everything.results.length);
  for (const name of await names(page)) {
    await page.getByRole('link', { name, exact: true }).click();
    await page.getByRole('heading', { level: 2, name, exact: true }).waitFor();
  }
  t.deepEqual(trouble, []);
});

inBrowser(
  titled('a failure is all there: finding, clause, ladder, proof, transcript and how to see it again'),
  async (t) => {
    const { page } = await open(t, [everything], {}, '#stripping%2Fremoved%5Bstarttls%5D');
    const panel = page.getByRole('complementary', { name: 'Scenario' });
    await panel.getByText('RFC 7590, section 3.1').waitFor();
    t.regex((await panel.locator('.finding').textContent()) ?? '', /^It authenticated in clear/);
    t.regex(
      (await panel.locator('.step.proves').textContent()) ?? '',
      /Client to Mallory: <auth.*clear.*proof of finding 1/,
    );
    t.is(await panel.getByText('Mallory tampers: remove on features').count(), 1);
    t.is(await panel.locator('pre').first().textContent(), everything.results[1]?.rerun ?? null);
    await panel.getByText('Raw transcript').click();
    t.is(((await panel.locator('details[open] pre').textContent()) ?? '').split('\n').length, 3);
    await panel.getByRole('button', { name: 'step 3' }).click();
    t.is(await page.evaluate('document.activeElement.id'), 'step-3');
  },
);

inBrowser(titled('what a client says is text'), async (t) => {
  const words = `<img src=x onerror=alert(1)></script><script>alert(2)</script>${HOSTILE}`;
  const hostile = result('a/b', 'fail', {
    ...{ title: words, reason: words, rerun: words, stderrTail: words },
    findings: [{ code: words, message: words, requirement: words, level: 'must', severity: 'high', evidence: [3] }],
  });
  const { page, trouble } = await open(t, [report([hostile])], {}, '#a%2Fb%5Bstarttls%5D');
  await page.locator('.findings').waitFor();
  t.is(await page.locator('img, aside script, header script').count(), 0);
  t.true(((await page.locator('.finding').textContent()) ?? '').includes('<img src=x onerror=alert(1)>'));
  t.deepEqual(trouble, []);
});

inBrowser(titled('a script from elsewhere does not run, and text does not become markup'), async (t) => {
  const { page } = await open(t, [everything]);
  const blocked = await page.evaluate(`(() => {
    const script = document.createElement('script');
    try {
      script.textContent = 'window.ran = 1';
      document.body.append(script);
    } catch {}
    try {
      document.body.innerHTML = '<p>';
      return 'parsed';
    } catch {
      return 'ran' in window ? 'ran' : 'blocked';
    }
  })()`);
  t.is(blocked, 'blocked');
});

inBrowser(titled('search as you type, and filters'), async (t) => {
  const { page } = await open(t, clients);
  await page.keyboard.press('/');
  await page.keyboard.type('a/');
  t.deepEqual(await names(page), ['a/b[starttls]', 'a/c[starttls]']);
  await page.keyboard.type(' no such');
  t.deepEqual(await names(page), []);
  t.is(await page.getByRole('status').textContent(), '0 of 102');
  await page.getByRole('searchbox').fill('');
  await page.getByRole('button', { name: /fail/ }).click();
  t.deepEqual(await names(page), ['a/b[starttls]', 'a/c[starttls]']);
  await page.getByLabel('Client', { exact: true }).selectOption('one');
  t.deepEqual(await names(page), ['a/c[starttls]']);
  await page.getByLabel('Client', { exact: true }).selectOption('');
  await page.getByLabel('Importance').selectOption('low');
  t.deepEqual(await names(page), ['a/c[starttls]']);
  await page.getByLabel('Importance').selectOption('');
  await page.getByRole('button', { name: /fail/ }).click();
  await page.getByLabel('where clients differ').check();
  t.deepEqual(await names(page), ['a/b[starttls]']);
  await page.getByLabel('where clients differ').uncheck();
  await page.getByLabel('Family').selectOption('family');
  t.is(await page.getByRole('status').textContent(), '100 of 102');
});

inBrowser(titled('rows are made as they come into sight, and for those who press the down key'), async (t) => {
  const { page } = await open(t, clients);
  t.true((await rows(page).count()) < 102);
  await rows(page).first().getByRole('link').focus();
  for (let at = 1; at < 102; at++) await page.keyboard.press('ArrowDown');
  t.is(await rows(page).count(), 102);
  t.is(await page.evaluate('document.activeElement.closest("tr").dataset.row'), '101');
});

inBrowser(titled('by keyboard alone: find, open, change the client, come back'), async (t) => {
  const { page } = await open(t, clients);
  const active = () => page.evaluate('document.activeElement.textContent');
  await page.keyboard.press('/');
  await page.keyboard.type('a/b');
  for (let at = 0; at < 20 && (await active()) !== 'a/b[starttls]'; at++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.locator('#opened').waitFor();
  t.is(await active(), 'a/b[starttls]');
  t.is(await page.locator('.tabs [aria-current]').textContent(), '✕ two');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.locator('.outcome', { hasText: 'pass' }).waitFor();
  t.is(await active(), '✓ one');
  await page.keyboard.press('Escape');
  t.is(await page.locator('aside').isVisible(), false);
  t.is(await page.evaluate('document.activeElement.tagName'), 'A');
});

inBrowser(titled('dark where the system is, and nothing wider than a narrow screen'), async (t) => {
  const background = (page: Page) => page.evaluate('getComputedStyle(document.body).backgroundColor');
  const [light, dark] = [await open(t, clients), await open(t, clients, { colorScheme: 'dark' })];
  t.not(await background(light.page), await background(dark.page));
  const hash = '#stripping%2Fremoved%5Bstarttls%5D';
  for (const [reports, at] of [
    [[everything], hash],
    [[everything], ''],
    [clients, ''],
  ] as const) {
    const { page } = await open(t, reports, { viewport: { width: 360, height: 640 } }, at);
    await page.locator(at ? 'article' : '.list').waitFor();
    t.is(await page.evaluate('document.documentElement.scrollWidth'), 360);
  }
});

inBrowser(titled('without JavaScript it reads: summary, findings, clauses'), async (t) => {
  const { page } = await open(t, [everything], { javaScriptEnabled: false });
  t.true(await page.getByRole('heading', { name: 'Findings' }).isVisible());
  t.true(await page.getByText('Without JavaScript').isVisible());
  t.true(await page.getByText('A client never goes on in clear text.').first().isVisible());
  t.is(await page.locator('main h3').count(), 4);
});

inBrowser(titled('headings, landmarks and names for those who do not see it'), async (t) => {
  const { page } = await open(t, clients, {}, '#a%2Fb%5Bstarttls%5D');
  await page.locator('#opened').waitFor();
  for (const role of ['banner', 'main', 'search', 'complementary', 'navigation', 'status'] as const)
    t.is(await page.getByRole(role).count(), 1, role);
  t.is(await page.getByRole('heading', { level: 1 }).count(), 1);
  const unnamed = await page.evaluate(`
    [...document.querySelectorAll('button, a, input, select')].filter(
      (one) => !one.textContent.trim() && !one.getAttribute('aria-label') && !one.closest('label'),
    ).length`);
  t.is(unnamed, 0);
});
