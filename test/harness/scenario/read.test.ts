import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { EMPTY_CATALOGUE } from '../../../harness/scenario/assemble.ts';
import { loadScenarios } from '../../../harness/scenario/load.ts';
import { readFiles, scenarioFilesIn } from '../../../harness/scenario/read.ts';

async function folder(t: ExecutionContext, files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'mallory-scenarios-'));
  t.teardown(() => rm(root, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return root;
}

const REQUIREMENTS = 'r-1: { source: RFC 1, section: "1", level: must, text: Do it., checked: text }\n';

const GOOD = `id: mine/attack
title: T
description: D
importance: high
`;

/** What follows the four good lines, and the place and the sentence that it leads to. */
const mistakes: [name: string, more: string, place: string, message: RegExp][] = [
  [
    'an unknown key',
    'importnce: low',
    '5:1',
    /^unknown key "importnce"; did you mean "importance"\? Allowed here: id, title, /,
  ],
  [
    'an unknown key below',
    'entity: { mechanisms: { clear: [], tsl: [] } }',
    '5:36',
    /^unknown key "tsl"; did you mean "tls"\? Allowed here: clear, tls\.$/,
  ],
  [
    'an unknown key in a case',
    'cases:\n  - { suffix: a, titel: x }',
    '6:18',
    /^unknown key "titel"; did you mean "title"\?/,
  ],
  ['a wrong value', 'session: twice', '5:10', /^"twice" is not allowed for "session"\. Allowed: once, stay\.$/],
  [
    'a wrong item',
    'transports: [starttls, dircet]',
    '5:24',
    /^"dircet" is not allowed for item 2 of "transports"; did you mean "direct"\?/,
  ],
  [
    'an unknown need',
    'needs: [wildcards]',
    '5:9',
    /^"wildcards" is not allowed for item 1 of "needs"; did you mean "wildcard"\?/,
  ],
  ['an empty list', 'transports: []', '5:13', /^"transports" must not be empty\.$/],
  ['text for a list', 'caught-by: it', '5:12', /^"caught-by" must be a list, not text\.$/],
  ['nothing', 'entity:', '5:8', /^"entity" is empty; it must be a mapping\.$/],
  [
    'a mechanism that is none',
    'entity: { mechanisms: { tls: [plain] } }',
    '5:31',
    /^item 1 of "tls" is "plain", but must be a SASL mechanism: /,
  ],
  [
    'an unknown point',
    'script:\n  - { on: featurs, do: { drop: true } }',
    '6:11',
    /^"featurs" is not allowed for "on"; did you mean "features"\?/,
  ],
  [
    'an unknown action',
    'script:\n  - { on: features, do: { remvoe: x } }',
    '6:27',
    /^unknown key "remvoe"; did you mean "remove"\?/,
  ],
  ['no action', 'script:\n  - { on: features, do: {} }', '6:25', /^"do": name at least one action\.$/],
  [
    'an action where it cannot act',
    'script:\n  - { on: features, do: { present: expired } }',
    '6:36',
    /present cannot act on features; it can on tls-handshake/,
  ],
  [
    'a wrong parameter',
    'script:\n  - { on: features, do: { drop: false } }',
    '6:33',
    /^false is not allowed for "drop"\. Allowed: true\.$/,
  ],
  [
    'a number for text',
    'script:\n  - { on: features, do: { remove: 3 } }',
    '6:35',
    /^"remove" must be text or a list, not a number\. Put it in quotes\.$/,
  ],
  [
    'a wrong key of a parameter',
    'script:\n  - { on: features, do: { inject: { xlm: "" } } }',
    '6:37',
    /^unknown key "xlm"; did you mean "xml"\?/,
  ],
  [
    'a connection that is none',
    'script:\n  - { on: features, connection: "+2", do: { drop: true } }',
    '6:33',
    /^"connection" is "\+2", but must be a number, or N\+\.$/,
  ],
  [
    'an unknown observation',
    'expect: { never: { online-in-clear: r-1 } }',
    '5:20',
    /^there is no observation "online-in-clear"/,
  ],
  [
    'an unknown observation in a list',
    'expect: { see: { [online, onlin-in-tls]: r-1 } }',
    '5:18',
    /^there is no observation "onlin-in-tls"; did you mean "online-in-tls"\?$/,
  ],
  [
    'an unknown requirement',
    'expect: { never: { online: r-2 } }',
    '5:28',
    /^there is no requirement "r-2"; did you mean "r-1"\?/,
  ],
  [
    'a call to nobody',
    'entity: { call: own-answer }',
    '5:11',
    /^"call" is about the streams that a server takes: say "needs: \[s2s-listener\]"\.$/,
  ],
  [
    'an unknown credential',
    'entity: { credential: vaild }',
    '5:23',
    /^there is no credential "vaild"; did you mean "valid"\?$/,
  ],
  [
    'an unknown credential of an endpoint',
    'endpoints: { other: { credential: x } }',
    '5:35',
    /^there is no credential "x"/,
  ],
  [
    'an unknown credential in a script',
    'script:\n  - { on: tls-handshake, do: { present: expierd } }',
    '6:41',
    /did you mean "expired"\?$/,
  ],
  [
    'an unknown endpoint',
    'endpoints: { other: {} }\nscript:\n  - { on: features, at: othr, do: { drop: true } }',
    '7:25',
    /^there is no endpoint "othr"; did you mean "other"\? There are: main, other\.$/,
  ],
  [
    'an endpoint of a reserved name',
    'endpoints: { main: {} }',
    '5:14',
    /^"main" is the endpoint that the client is told of/,
  ],
  [
    'an unknown variable',
    'script:\n  - { on: features, do: { add: "<a x=\'{domian}\'/>" } }',
    '6:25',
    /^there is no variable "domian"; did you mean "domain"\?/,
  ],
  [
    'an unknown endpoint in a variable',
    'script:\n  - { on: features, do: { replace: "{endpoint.other}" } }',
    '6:25',
    /^there is no variable "endpoint\.other"/,
  ],
  [
    'a session that its needs exclude',
    'session: once\nneeds: [stay]',
    '5:10',
    /^"session" cannot be once where "needs" holds stay/,
  ],
  [
    'direct TLS for what is in clear',
    'script:\n  - { on: features, in: clear, do: { drop: true } }',
    '6:3',
    /^nothing of this script can act over direct TLS.*say "transports: \[starttls\]"\.$/,
  ],
  ['a key twice', 'title: again', '5:1', /^Map keys must be unique$/],
  ['no YAML', 'script: [', '6:1', /./],
];

for (const [name, more, place, message] of mistakes) {
  test(`told with its place: ${name}`, async (t) => {
    const root = await folder(t, { 'requirements.yaml': REQUIREMENTS, 'x.yaml': `${GOOD}${more}\n` });
    const { problems } = await readFiles(await scenarioFilesIn(root), { base: EMPTY_CATALOGUE });
    t.is(problems.length, 1, JSON.stringify(problems));
    t.is(`${problems[0]?.line}:${problems[0]?.column}`, place);
    t.regex(problems[0]?.message ?? '', message);
    t.regex(problems[0]?.file ?? '', /x\.yaml$/);
  });
}

const wholes: [name: string, text: string, messages: RegExp[]][] = [
  [
    'all that is missing',
    'id: mine/attack\n',
    [/"title" is missing/, /"description" is missing/, /"importance" is missing/],
  ],
  ['an empty file', '', [/the file is empty; it must be a mapping/]],
  ['a list', '- a\n', [/the file must be a mapping, not a list/]],
  ['an id that is none', GOOD.replace('mine/attack', 'Attack'), [/"id" is "Attack", but must be family\/kebab-case/]],
  ['two documents', `${GOOD}---\n${GOOD}`, [/Source contains multiple documents/]],
  ['an alias of nothing', `${GOOD}needs: *nothing\n`, [/Unresolved alias/]],
];
for (const [name, text, messages] of wholes) {
  test(`told: ${name}`, async (t) => {
    const root = await folder(t, { 'x.yaml': text });
    const { problems } = await readFiles(await scenarioFilesIn(root), { base: EMPTY_CATALOGUE });
    t.is(problems.length, messages.length, JSON.stringify(problems));
    for (const [index, message] of messages.entries()) t.regex(problems[index]?.message ?? '', message);
  });
}

test('a good file, with cases, becomes scenarios', async (t) => {
  const text = `${GOOD}script:
  - { on: features, connection: 2+, do: { add: "<a to='{endpoint.other}' id='{canary}'/>" } }
endpoints: { other: { credential: valid-for-elsewhere } }
expect: { never: { authenticated-elsewhere: r-1 }, see: { [online, closed-by-client]: r-1 } }
cases:
  - { suffix: one }
  - { suffix: two, title: Another, transports: [starttls] }
`;
  const root = await folder(t, { 'requirements.yaml': REQUIREMENTS, 'deep/er/x.yml': text });
  const { scenarios, requirements } = await loadScenarios({ dirs: [root], bundled: false });
  t.deepEqual(
    scenarios.map(({ id, title }) => [id, title]),
    [
      ['mine/attack-one', 'T'],
      ['mine/attack-two', 'Another'],
    ],
  );
  t.deepEqual(Object.keys(scenarios[0]?.expect.see ?? {}), ['[ online, closed-by-client ]']);
  t.deepEqual(Object.keys(requirements), ['r-1']);
});

test('ids are unique across files, and requirements too', async (t) => {
  const root = await folder(t, {
    'requirements.yaml': REQUIREMENTS,
    'more/requirements.yaml': REQUIREMENTS,
    'a.yaml': GOOD,
    'b.yaml': `${GOOD.replace('mine/attack', 'mine/at')}cases: [{ suffix: a }, { suffix: a }]\n`,
    'c.yaml': GOOD,
  });
  const { problems } = await readFiles(await scenarioFilesIn(root), { base: EMPTY_CATALOGUE });
  const messages = problems.map(({ message, line, column }) => `${line}:${column} ${message}`);
  t.is(messages.length, 3, messages.join('\n'));
  t.regex(messages[0] ?? '', /1:1 the requirement r-1 is there already/);
  t.regex(messages[1] ?? '', /5:34 the id mine\/at-a is taken by .*b\.yaml/);
  t.regex(messages[2] ?? '', /1:5 the id mine\/attack is taken by .*a\.yaml/);
});

test('what was not read in the document is no must', async (t) => {
  const text = REQUIREMENTS.replace('checked: text', 'checked: knowledge');
  const root = await folder(t, { 'requirements.yaml': text });
  const { problems } = await readFiles(await scenarioFilesIn(root), { base: EMPTY_CATALOGUE });
  t.regex(problems[0]?.message ?? '', /at most "should"/);
});

test('a bundled scenario names a fault that it catches, a control none', async (t) => {
  const root = await folder(t, { 'a.yaml': GOOD, 'b.yaml': GOOD.replace('mine/attack', 'control/login') });
  const files = await scenarioFilesIn(root);
  t.is((await readFiles(files, { base: EMPTY_CATALOGUE })).problems.length, 0);
  const { problems } = await readFiles(files, { base: EMPTY_CATALOGUE, bundled: true });
  t.is(problems.length, 1);
  t.regex(problems[0]?.message ?? '', /"caught-by" is missing/);
});

test('folders that hold nothing are told', async (t) => {
  const root = await folder(t, { 'readme.txt': '' });
  await t.throwsAsync(scenarioFilesIn(root), { name: 'BadInput', message: /holds no scenario file \(NAME\.yaml\)/ });
  await t.throwsAsync(scenarioFilesIn(join(root, 'no')), { name: 'BadInput', message: /there is no such directory/ });
  await t.throwsAsync(scenarioFilesIn(join(root, 'readme.txt')), { name: 'BadInput', message: /is not a directory/ });
  await t.throwsAsync(readFiles([join(root, 'no.yaml')], { base: EMPTY_CATALOGUE }), {
    name: 'BadInput',
    message: /there is no such file/,
  });
});
