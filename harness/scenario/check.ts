/** What no schema can say: that the names in a scenario exist, and that its parts fit together. */
import { isComputable, isData, readTlsaWords } from '../../src/services/dns/tlsa.ts';
import { closest, didYouMean } from './nearest.ts';
import { observationNames } from './observation-names.ts';
import { casesOf, needsStay } from './resolve.ts';
import type { ScenarioFields, ScenarioFile } from './scenario.ts';

/** The names that may be used; null: they are not known, and not checked. */
export interface Vocabulary {
  observations: readonly string[] | null;
  requirements: readonly string[] | null;
  credentials: readonly string[] | null;
}

export interface Mistake {
  path: (string | number)[];
  what: 'key' | 'value';
  message: string;
}

/** `bundled`: a scenario of ours has to say which faults it catches. */
export function checkScenarioFile(file: ScenarioFile, vocabulary: Vocabulary, bundled: boolean): Mistake[] {
  const { id: _, cases = [], ...fields } = file;
  const parts = [{ own: fields as Partial<ScenarioFields>, path: [] as (string | number)[] }];
  for (const [index, own] of cases.entries()) parts.push({ own, path: ['cases', index] });

  const mistakes = parts.flatMap(({ own, path }) => checkNames(own, path, vocabulary));
  for (const [index, { id, fields: whole }] of casesOf(file).entries()) {
    const path = cases.length === 0 ? [] : ['cases', index];
    mistakes.push(...checkWhole(whole, cases[index] ?? whole, path));
    if (bundled && !id.startsWith('control/') && !whole['caught-by']?.length)
      mistakes.push({
        path,
        what: 'value',
        message: `"caught-by" is missing: name a fault of the reference client that ${id} must expose.`,
      });
  }
  return unique(mistakes);
}

function checkNames(fields: Partial<ScenarioFields>, base: (string | number)[], vocabulary: Vocabulary): Mistake[] {
  const mistakes: Mistake[] = [];
  const check = (
    kind: keyof Vocabulary,
    name: string | undefined,
    path: (string | number)[],
    what: Mistake['what'] = 'value',
  ) => {
    const known = vocabulary[kind];
    if (name === undefined || known === null || known.includes(name)) return;
    mistakes.push({ path: [...base, ...path], what, message: unknownName(NOUNS[kind], name, known) });
  };
  for (const when of ['never', 'see'] as const) {
    for (const [key, requirement] of Object.entries(fields.expect?.[when] ?? {})) {
      const names = when === 'see' ? observationNames(key) : [key];
      for (const name of names) check('observations', name, ['expect', when, key], 'key');
      check('requirements', requirement, ['expect', when, key]);
    }
  }
  check('credentials', fields.entity?.credential, ['entity', 'credential']);
  for (const [index, text] of (fields.entity?.dane?.tlsa ?? []).entries()) {
    const path = ['entity', 'dane', 'tlsa', index];
    const words = readTlsaWords(text);
    if (words === null || isData(words)) continue;
    check('credentials', words.of ?? undefined, path);
    if (!isComputable(words))
      mistakes.push({
        path: [...base, ...path],
        what: 'value',
        message: `nobody knows what the data of the record "${text}" are: say them, in hexadecimal digits.`,
      });
  }
  for (const [name, { credential }] of Object.entries(fields.endpoints ?? {}))
    check('credentials', credential, ['endpoints', name, 'credential']);
  for (const [index, item] of (fields.script ?? []).entries())
    check('credentials', item.do.present, ['script', index, 'do', 'present']);
  return mistakes;
}

const NOUNS: Record<keyof Vocabulary, string> = {
  observations: 'observation',
  requirements: 'requirement',
  credentials: 'credential',
};

function checkWhole(whole: ScenarioFields, own: Partial<ScenarioFields>, base: (string | number)[]): Mistake[] {
  const mistakes: Mistake[] = [];
  const add = (path: (string | number)[], message: string, what: Mistake['what'] = 'value') =>
    mistakes.push({ path, what, message });
  // A case without a script of its own has the one at the top, which stands there.
  const at = (field: keyof ScenarioFields) => (own[field] === undefined ? [field] : [...base, field]);

  const endpoints = Object.keys(whole.endpoints ?? {});
  if (endpoints.includes('main'))
    add([...at('endpoints'), 'main'], '"main" is the endpoint that the client is told of; use another name.', 'key');
  for (const [index, item] of (whole.script ?? []).entries()) {
    const path = [...at('script'), index];
    if (item.at !== undefined && item.at !== 'main' && !endpoints.includes(item.at))
      add([...path, 'at'], unknownName('endpoint', item.at, ['main', ...endpoints]));
    for (const variable of variablesIn(item.do)) {
      const known = [
        ...VARIABLES,
        'endpoint.main',
        'endpoint.main.port',
        ...endpoints.flatMap((name) => [`endpoint.${name}`, `endpoint.${name}.port`]),
      ];
      if (!known.includes(variable)) add([...path, 'do'], unknownName('variable', variable, known));
    }
  }
  if (whole.session === 'once' && needsStay(whole.needs ?? []))
    add(at('session'), '"session" cannot be once where "needs" holds stay or answers-iq; leave it out.');
  if (whole.namespaces && whole.namespaces.length > 1)
    for (const name of [
      'mechanisms',
      'sasl2',
      'iq-auth',
      'extensions',
      'dialback',
      'bidi',
      'posh',
      'dane',
      'second-domain',
      'call',
    ] as const)
      if (whole.entity?.[name] !== undefined)
        add(
          [...at('entity'), name],
          `"${name}" means something to clients or to servers, never to both: write a scenario for each.`,
          'key',
        );
  if (whole.entity?.call !== undefined && !whole.needs?.includes('s2s-listener'))
    add(
      [...at('entity'), 'call'],
      '"call" is about the streams that a server takes: say "needs: [s2s-listener]".',
      'key',
    );
  if (whole.transports?.includes('direct') !== false && !canActOnDirect(whole))
    add(
      at(own.transports ? 'transports' : 'script'),
      'nothing of this script can act over direct TLS, where nothing is in clear: say "transports: [starttls]".',
    );
  return mistakes;
}

function unknownName(noun: string, name: string, known: readonly string[]): string {
  const hint = didYouMean(name, known);
  // A long list would hide the sentence.
  const few = known.length <= 12;
  const others = few ? ` There are: ${known.join(', ')}.` : ` The nearest: ${closest(name, known, 3).join(', ')}.`;
  return `there is no ${noun} "${name}"${hint || '.'}${few || hint === '' ? others : ''}`;
}

const VARIABLES = ['domain', 'jid', 'resource', 'stream-id', 'canary', 'peer'];

/** The `{words}` in all texts that an action writes. */
function variablesIn(value: unknown): string[] {
  if (typeof value === 'string') return [...value.matchAll(/\{([a-z][\w.-]*)\}/gi)].map(([, name = '']) => name);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(variablesIn) : [];
}

function canActOnDirect({ script = [] }: ScenarioFields): boolean {
  return script.length === 0 || script.some((item) => item.in !== 'clear' && item.on !== 'proceed');
}

/** What stands at the top is wrong once, however many cases it is merged into. */
function unique(mistakes: Mistake[]): Mistake[] {
  const byText = new Map(mistakes.map((mistake) => [JSON.stringify([mistake.path, mistake.message]), mistake]));
  return [...byText.values()];
}
