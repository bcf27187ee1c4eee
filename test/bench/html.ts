/** The HTML report of many scenarios and many clients: how large, how soon it shows, how fast it searches. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import type { Connect } from '../../harness/client/client.ts';
import { functionClient } from '../../harness/client/function.ts';
import { runScenarios } from '../../harness/index.ts';
import { plain } from '../../harness/report/colour.ts';
import { html } from '../../harness/report/html/index.ts';
import type { Report, Reports } from '../../harness/result.ts';
import type { Catalogue } from '../../harness/scenario/catalogue.ts';
import { loadScenarios } from '../../harness/scenario/load.ts';
import { keysOf } from '../../harness/scenario/select.ts';
import { hasChromium, launch } from '../harness/report/html/browser.ts';
import { referenceClient } from '../reference-client/client.ts';
import { naiveClient } from '../reference-client/naive.ts';
import type { Figure, Row } from './figure.ts';

const SCENARIOS = 400;
const CLIENTS = 16;
const ROUNDS = 7;

/** Of sixteen: one that falls for all, and the rest as clients are. */
const KINDS: Connect[] = [
  referenceClient(),
  referenceClient({ faults: ['skips-name'] }),
  referenceClient({ faults: ['continues-in-clear'] }),
];

export const htmlReport: Figure = {
  name: 'html',
  title: `the HTML report of ${SCENARIOS} scenarios x ${CLIENTS} clients, in chromium (medians of ${ROUNDS})`,
  async measure() {
    const catalogue = await loadScenarios();
    const { requirements, scenarios } = catalogue;
    const reports = await sixteen(catalogue);
    const started = performance.now();
    const text = await html(reports, { requirements, scenarios, paint: plain });
    const took = performance.now() - started;
    const results = reports.flatMap((report) => report.results);
    const shown = results.filter(({ transcript }) => transcript).length;
    const rows: Row[] = [
      {
        what: `size, ${shown} of ${results.length} with transcripts`,
        ours: { name: 'html', value: text.length / 2 ** 20 },
        other: { name: 'json', value: JSON.stringify(reports).length / 2 ** 20 },
        unit: 'MiB',
        compare: 'ours',
        goal: { atMost: 3 },
      },
      { what: 'time to write it', ours: { name: 'html', value: took }, other: null, unit: 'ms' },
    ];
    return hasChromium ? [...rows, ...(await inBrowser(text))] : rows;
  },
};

/** Runs each kind once, and writes the others with other accounts, names and nonces. */
async function sixteen(catalogue: Catalogue): Promise<Reports> {
  const keys = keysOf(catalogue).filter((key) => key.endsWith(',ip]'));
  const patterns = keys.filter(
    (_, at) => Math.floor((at * SCENARIOS) / keys.length) !== Math.floor(((at - 1) * SCENARIOS) / keys.length),
  );
  const run = (connect: Connect, label: string) =>
    runScenarios({ client: { ...functionClient(connect), label }, catalogue, patterns, via: 'ip', timeoutMs: 3000 });
  const naive = await run(naiveClient, 'naive');
  const others: Report[] = [];
  for (const [at, kind] of KINDS.entries()) others.push(await run(kind, `client ${at}`));
  const copies = Array.from({ length: CLIENTS - 1 }, (_, at) => renamed(others[at % others.length] ?? naive, at));
  return [naive, ...copies];
}

/** What is random in one run is random in another, or the same bytes would be packed for nothing. */
function renamed(report: Report, n: number): Report {
  const text = JSON.stringify(report)
    .replace(RANDOM, (digits) => changedHex(digits, n))
    .replace(/(?<=>)[A-Za-z0-9+/]{24,}={0,2}(?=<)/g, (base64) => changedBase64(base64, n));
  const changed: Report = JSON.parse(text);
  return { ...changed, client: { ...changed.client, label: `${report.client.label}, ${n}` } };
}

/** Domains, users, and stream ids or resources. */
const RANDOM = /(?<=\bx)[0-9a-f]{10}\b|(?<=\buser-)[0-9a-f]{4}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;

const changedHex = (digits: string, n: number) =>
  digits.replace(/./g, (one, at) => shifted('0123456789abcdef', one, at, n));

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const changedBase64 = (text: string, n: number) => text.replace(/./g, (one, at) => shifted(BASE64, one, at, n));

/** By another amount at each place: what is alike before is not alike after. */
function shifted(alphabet: string, one: string, at: number, n: number): string {
  const place = alphabet.indexOf(one);
  return place < 0 || n === 0 ? one : (alphabet[(place + n * 7 + at * n * 5) % alphabet.length] ?? one);
}

async function inBrowser(text: string): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mallory-bench-'));
  const write = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return pathToFileURL(join(folder, name)).href;
  };
  const browser = await launch();
  try {
    const empty = write('empty.html', '<!doctype html><title>empty</title><p>nothing');
    const full = write('full.html', text);
    const paints: { empty: number[]; full: number[] } = { empty: [], full: [] };
    for (let round = 0; round <= ROUNDS; round++) {
      paints.empty.push(await firstPaint(browser, empty));
      paints.full.push(await firstPaint(browser, full));
    }
    const [emptyPaint, fullPaint] = [median(paints.empty.slice(1)), median(paints.full.slice(1))];
    const other = { name: 'empty page', value: emptyPaint };
    return [
      { what: 'first paint', ours: { name: 'html', value: fullPaint }, other, unit: 'ms', goal: { atMost: 10 } },
      {
        what: 'longest task while typing a search',
        ours: { name: 'html', value: await longestTask(browser, full) },
        other: null,
        unit: 'ms',
        goal: { atMost: 50 },
      },
    ];
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function firstPaint(browser: Browser, url: string): Promise<number> {
  const page = await browser.newPage();
  await page.goto(url);
  const paint = await page.waitForFunction('performance.getEntriesByName("first-paint")[0]?.startTime');
  const value = Number(await paint.jsonValue());
  await page.close();
  return value;
}

/** Each letter from the key to the next frame. */
async function longestTask(browser: Browser, url: string): Promise<number> {
  const page = await browser.newPage();
  await page.goto(url);
  await page.locator('#search').focus();
  await page.evaluate(`
    window.longest = 0;
    document.addEventListener('keydown', () => {
      const from = performance.now();
      requestAnimationFrame(() => setTimeout(() => { window.longest = Math.max(window.longest, performance.now() - from); }));
    }, true);`);
  for (const letter of 'certificate name') await page.keyboard.press(letter === ' ' ? 'Space' : letter, { delay: 30 });
  const longest = Number(await page.evaluate('window.longest'));
  await page.close();
  return longest;
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
