/** What a newcomer copies out of the README works, and what it shows is what one gets. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import YAML from 'yaml';
import { loadScenarios, runScenario } from '../../harness/index.ts';
import { loadBaseline } from '../../harness/judge/baseline-file.ts';
import { referenceClient } from '../reference-client/client.ts';
import { codeBlocks, ROOT, read } from './documents.ts';

const blocks = codeBlocks(await read('README.md'));
const source = (path: string) => pathToFileURL(join(ROOT, path)).href;

function block(language: string, beginning: string): string {
  const found = blocks.find(({ language: one, text }) => one === language && text.startsWith(beginning));
  if (!found) throw new Error(`README.md has no block of "${language}" that begins with ${beginning}`);
  return found.text;
}

async function folder(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'mallory-readme-'));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

interface Ended {
  status: number;
  output: string;
}

/** A program of Node's, with TypeScript. */
function node(words: string[], cwd = ROOT): Promise<Ended> {
  // A test runner of Node's that finds itself below another one says nothing.
  const env = { ...process.env, NO_COLOR: '1', NODE_TEST_CONTEXT: undefined };
  return new Promise((resolve) => {
    execFile(process.execPath, [`--import=${import.meta.resolve('tsx')}`, ...words], { cwd, env }, (error, stdout) => {
      resolve({ status: error === null ? 0 : Number(error.code), output: stdout });
    });
  });
}

test('the scenario: the correct client passes it, a faulty one does not', async (t) => {
  const dir = await folder(t);
  await writeFile(join(dir, 'own.yaml'), block('yaml', 'id: own/'));
  const catalogue = await loadScenarios({ dirs: [dir], bundled: true });
  const id = 'own/mechanisms-before-starttls';
  const correct = await runScenario(id, { client: referenceClient(), catalogue });
  t.is(correct.verdict, 'pass', correct.reason ?? '');
  const faulty = await runScenario(id, { client: referenceClient({ faults: ['mechanisms-first'] }), catalogue });
  t.is(faulty.verdict, 'fail', faulty.reason ?? '');
  t.true(faulty.findings.some(({ code }) => code === 'password-in-clear'));
});

test('the baseline', async (t) => {
  const file = join(await folder(t), 'mallory.yaml');
  await writeFile(file, block('yaml', '- match:'));
  const { entries } = await loadBaseline(file);
  t.like(entries, { 0: { expected: 'fail', kind: 'bug', expires: '2031-12-31' } });
});

for (const [fault, status] of [
  [null, 0],
  ['continues-in-clear', 1],
] as const) {
  test(`the test in JavaScript: ${fault ?? 'the correct client'}`, async (t) => {
    const dir = await folder(t);
    const text = block('js', '// node --test').replace("'xmpp-mallory'", `'${source('harness/index.ts')}'`);
    await writeFile(join(dir, 'mallory.test.mjs'), text);
    await writeFile(
      join(dir, 'my-client.mjs'),
      `import { referenceClient } from '${source('test/reference-client/client.ts')}';
      const connect = referenceClient({ faults: ${JSON.stringify([fault].filter(Boolean))} });
      export async function login({ jid, signal, ...endpoint }) {
        await connect({ ...endpoint, jid, domain: jid.split('@')[1], tls: 'starttls', session: 'once' }, signal);
        return { close: async () => undefined };
      }`,
    );
    const ended = await node(['--test', '--test-reporter=tap', 'mallory.test.mjs'], dir);
    t.is(ended.status, status, ended.output);
    t.regex(ended.output, /ok \d+ - certificate\/wrong-name\[starttls,ip\]/);
    t.is(/^ *not ok \d+ - stripping\/starttls-removed-scram/m.test(ended.output), fault !== null, ended.output);
  });
}

test('the CI files are YAML', (t) => {
  t.truthy(YAML.parse(block('yaml', '# .github/workflows')).jobs.mallory.steps);
  t.truthy(YAML.parse(block('yaml', '# .gitlab-ci.yml')).mallory.script);
});
