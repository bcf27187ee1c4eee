import test from 'ava';
import { assemble } from '../../../harness/scenario/assemble.ts';
import { resolveScenarios } from '../../../harness/scenario/resolve.ts';
import { keysOf, type SelectOptions, selectScenarios } from '../../../harness/scenario/select.ts';
import type { Transport } from '../../../src/transcript.ts';

const scenario = (id: string, transports: Transport[] = ['starttls', 'direct']) =>
  resolveScenarios({ id, title: id, description: id, importance: 'low', transports }, 'x.yaml');

const catalogue = assemble(
  [
    ...scenario('stripping/removed-scram', ['starttls']),
    ...scenario('stripping/removed-plain', ['starttls']),
    ...scenario('certificate/wrong-name'),
    ...scenario('control/login'),
  ],
  {},
);

const selected = (patterns: string[], options?: SelectOptions) =>
  selectScenarios(catalogue, patterns, options).map(
    ({ scenario, transport, vias }) => `${scenario.id}[${transport}]${vias}`,
  );

const table: [name: string, patterns: string[], options: SelectOptions, wanted: string[]][] = [
  [
    'everything, controls first',
    [],
    {},
    [
      'control/login[starttls]ip,host',
      'control/login[direct]ip,host',
      'certificate/wrong-name[starttls]ip,host',
      'certificate/wrong-name[direct]ip,host',
      'stripping/removed-plain[starttls]ip,host',
      'stripping/removed-scram[starttls]ip,host',
    ],
  ],
  [
    'one transport',
    [],
    { transport: 'direct' },
    ['control/login[direct]ip,host', 'certificate/wrong-name[direct]ip,host'],
  ],
  ['one way', ['control/*'], { via: 'host' }, ['control/login[starttls]host', 'control/login[direct]host']],
  [
    'a family',
    ['stripping/*'],
    {},
    ['stripping/removed-plain[starttls]ip,host', 'stripping/removed-scram[starttls]ip,host'],
  ],
  ['an id', ['stripping/removed-scram'], {}, ['stripping/removed-scram[starttls]ip,host']],
  ['a star in the middle', ['*/*-scram'], {}, ['stripping/removed-scram[starttls]ip,host']],
  ['a key', ['certificate/wrong-name[direct,host]'], {}, ['certificate/wrong-name[direct]host']],
  ['a glob on keys', ['*[direct,*]'], {}, ['control/login[direct]ip,host', 'certificate/wrong-name[direct]ip,host']],
  ['several, each once', ['control/login', 'control/*'], { transport: 'direct' }, ['control/login[direct]ip,host']],
];
for (const [name, patterns, options, wanted] of table)
  test(`selected: ${name}`, (t) => t.deepEqual(selected(patterns, options), wanted));

const bad: [patterns: string[], options: SelectOptions, message: RegExp][] = [
  [['striping/*'], {}, /^No scenario matches "striping\/\*"; the nearest: stripping\/\*/],
  [['stripping/removed-scran'], {}, /the nearest: stripping\/removed-scram/],
  [['wrong-name'], {}, /the nearest: certificate\/wrong-name/],
  [['zzz'], {}, /there are: control\/\*, certificate\/\*, stripping\/\*\. All of them: xmpp-mallory list\./],
  [['stripping/removed-scram[direct,ip]'], {}, /^No scenario matches/],
  [['a', 'control/*', 'b'], {}, /"a".*\n.*"b"/],
  [['stripping/*'], { transport: 'direct' }, /^Nothing of stripping\/\* runs with --tls direct; leave that out\.$/],
  [['control/login[direct,host]'], { via: 'ip', transport: 'direct' }, /--tls direct and --via ip; leave that out/],
];
for (const [patterns, options, message] of bad)
  test(`not selected: ${patterns}`, (t) => t.throws(() => selected(patterns, options), { name: 'BadInput', message }));

test('every key of the catalogue', (t) => {
  const keys = keysOf(catalogue);
  t.is(keys.length, 6 * 3);
  t.true(keys.includes('certificate/wrong-name[direct,dns]'));
  t.false(keys.includes('stripping/removed-scram[direct,ip]'));
});

test('the hash is of what the scenarios say, not of where they stand', (t) => {
  const [here] = scenario('a/b');
  const there = here && { ...here, source: 'elsewhere.yaml' };
  const other = here && { ...here, title: 'other' };
  const hash = (...all: (typeof here)[]) =>
    assemble(
      all.filter((one) => one !== undefined),
      {},
    ).hash;
  t.is(hash(here), hash(there));
  t.not(hash(here), hash(other));
  t.is(hash(here, ...scenario('a/c')), hash(...scenario('a/c'), here));
});
