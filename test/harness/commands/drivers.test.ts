/** What `init` writes has to log in to a server that is not ours. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { environmentFor } from '../../../harness/client/environment.ts';
import { driverTemplates } from '../../../harness/commands/drivers/index.ts';
import type { Transport } from '../../../src/transcript.ts';
import { type Prosody, prosodyInstalled, startProsody } from '../clients/prosody.ts';

const DOMAIN = 'relay.xmpp.test';
/** One for each language: they run at the same time. */
const jidOf = (language: string) => `${language}@${DOMAIN}`;
const PASSWORD = 'secret-alice';
/** Where Debian's golang-github-mattn-go-xmpp-dev puts what is github.com/xmppo/go-xmpp by now. */
const GO_XMPP = '/usr/share/gocode/src/github.com/mattn/go-xmpp';
/** Packages are looked for from the driver's folder upwards. */
const NODE_MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

const works = (program: string, ...words: string[]) => spawnSync(program, words).status === 0;

/** The command that runs the driver of a language, or null where what it drives is not installed. */
const languages: Record<string, (folder: string) => Promise<string[] | null>> = {
  async python(folder) {
    const python = ['python3', '/usr/bin/python3'].find((program) => works(program, '-c', 'import slixmpp'));
    return python === undefined ? null : [python, await write('python', folder)];
  },
  async javascript(folder) {
    await symlink(NODE_MODULES, join(folder, 'node_modules'));
    return [process.execPath, await write('javascript', folder)];
  },
  async go(folder) {
    if (!works('go', 'version') || !works('test', '-d', GO_XMPP)) return null;
    await mkdir(join(folder, 'src/github.com/xmppo'), { recursive: true });
    await symlink(GO_XMPP, join(folder, 'src/github.com/xmppo/go-xmpp'));
    const file = await write('go', folder);
    const env = { ...process.env, GO111MODULE: 'off', GOPATH: folder, GOFLAGS: '' };
    execFileSync('go', ['build', '-o', 'xmpp-driver', file], { cwd: folder, env });
    return [join(folder, 'xmpp-driver')];
  },
  async shell(folder) {
    return works('go-sendxmpp', '--version') ? ['sh', await write('shell', folder)] : null;
  },
};

async function write(language: string, folder: string): Promise<string> {
  const template = driverTemplates[language];
  if (!template) throw new Error(`no template for ${language}`);
  const file = join(folder, template.file);
  await writeFile(file, template.text);
  return file;
}

let prosody: Prosody;
test.before(async () => {
  if (!prosodyInstalled()) return;
  const users = Object.fromEntries(Object.keys(languages).map((language) => [jidOf(language), PASSWORD]));
  // @xmpp/client verifies the address that it dialled where TLS comes first.
  prosody = await startProsody({ users, domains: [DOMAIN], dialled: ['127.0.0.1'] });
});
test.after.always(() => prosody?.stop());

type Login = { transport: Transport; session: 'once' | 'stay'; password: string };

function status(command: string[], stateDir: string, jid: string, { transport, session, password }: Login) {
  const port = transport === 'direct' ? prosody.directPort : prosody.c2sPort;
  const endpoint = {
    ...{ host: '127.0.0.1', port, domain: DOMAIN, jid, password, caFile: prosody.caFile, via: 'ip' as const },
    ...{ tls: transport, session, stateDir, certFile: null, keyFile: null },
  };
  const [program = '', ...words] = command;
  return new Promise<string>((resolve, reject) => {
    const child = spawn(program, words, { env: environmentFor(endpoint), stdio: ['ignore', 'ignore', 'pipe'] });
    const said: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
    child.once('error', reject);
    child.once('close', (code) => resolve(`${code} ${said.join('')}`));
  });
}

// One after the other: each driver gives up after 8 s, which compilers and other clients beside it would eat into.
const installed = prosodyInstalled() ? test.serial : test.serial.skip;

for (const [language, prepare] of Object.entries(languages)) {
  installed(`${language}: logs in, says so, and says what it cannot do`, async (t: ExecutionContext) => {
    const folder = await mkdtemp(join(tmpdir(), 'mallory-init-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const command = await prepare(folder);
    if (command === null) return t.pass('not installed');
    const login = (transport: Transport, session: 'once' | 'stay', password: string) =>
      status(command, folder, jidOf(language), { transport, session, password });
    t.regex(await login('starttls', 'once', PASSWORD), /^0 /);
    t.regex(await login('direct', 'once', PASSWORD), /^0 /);
    t.regex(await login('starttls', 'stay', PASSWORD), /^77 /);
    t.regex(await login('starttls', 'once', 'wrong'), /^1 /);
  });
}

test('each is short enough to be read', (t) => {
  for (const { text, file } of Object.values(driverTemplates)) t.true(text.split('\n').length - 1 < 20, file);
});
