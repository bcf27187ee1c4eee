import test from 'ava';
import { type RunScenariosOptions, runScenarios } from '../../../harness/index.ts';
import type { Verdict } from '../../../harness/result.ts';
import { parseSeed, repeat } from '../../../harness/run/repeat.ts';
import { referenceClient } from '../../reference-client/client.ts';

const attempt = {
  observations: [],
  canary: '',
  domain: '',
  exit: { code: 0, signal: null },
  stderrTail: '',
  durationMs: 1,
  waitedMs: 0,
};
const judged = (verdict: Verdict) => ({ verdict, outcome: 'refused' as const, reason: null, findings: [] });

const seeds = [
  ['1', { seed: '1', first: 1 }],
  ['1.37', { seed: '1', first: 37 }],
  ['2026.11.4', { seed: '2026.11', first: 4 }],
  ['a.0', { seed: 'a.0', first: 1 }],
  ['.5', { seed: '.5', first: 1 }],
] as const;
for (const [text, seed] of seeds) test(`seed ${text}`, (t) => t.deepEqual(parseSeed(text), seed));

const tables: [string, Verdict[], Verdict, number, string[]][] = [
  ['one fail of many is a fail', ['pass', 'pass', 'fail', 'pass', 'fail'], 'fail', 3, ['x.3', 'x.5']],
  ['a warning is shown before a pass', ['pass', 'warn', 'pass'], 'warn', 2, ['x.2']],
  ['the fault of the harness is not hidden by a pass', ['pass', 'error', 'pass'], 'error', 2, ['x.2']],
  ['a pass stands where few were inconclusive', ['inconclusive', 'pass', 'pass'], 'pass', 2, []],
  ['a pass does not stand where most were', ['inconclusive', 'pass', 'inconclusive'], 'inconclusive', 2, []],
  ['a fail stands where most were inconclusive', ['inconclusive', 'fail', 'inconclusive'], 'fail', 2, ['x.2']],
];
for (const [title, verdicts, wanted, n, again] of tables) {
  test(title, async (t) => {
    const once = async (n: number) => ({ n, made: attempt, judgement: judged(verdicts[n - 1] ?? 'error') });
    const { shown, repeated } = await repeat({ seed: 'x', first: 1 }, verdicts.length, once);
    t.is(shown.judgement.verdict, wanted);
    t.is(shown.n, n);
    t.is(repeated?.of, verdicts.length);
    t.deepEqual(repeated?.seeds, again);
  });
}

test('what is skipped is not repeated', async (t) => {
  let count = 0;
  const once = async (n: number) => {
    count += 1;
    return { n, made: attempt, judgement: judged('skip') };
  };
  t.is((await repeat({ seed: 'x', first: 1 }, 50, once)).repeated, null);
  t.is(count, 1);
});

const race: Omit<RunScenariosOptions, 'client'> = {
  patterns: ['stripping/offered-next-to-required-scram'],
  transport: 'starttls',
  via: 'ip',
  jobs: 4,
};

test('a fault that depends on time is found, counted, and shown again by its seed', async (t) => {
  const options = { ...race, client: referenceClient({ faults: ['races-features'] }) };
  const first = await runScenarios(options);
  t.is(first.results[0]?.verdict, 'pass');

  const { results } = await runScenarios({ ...options, repeat: 150 });
  const { verdict, repeated, rerun } = results[0] ?? {};
  t.is(verdict, 'fail');
  t.is(repeated?.of, 150);
  const found = repeated?.verdicts.fail ?? 0;
  t.true(found > 0 && found < 75, `${found}`);

  const seed = repeated?.seeds[0] ?? '';
  t.regex(rerun ?? '', new RegExp(` --seed ${seed}$`));
  for (let time = 0; time < 3; time += 1) {
    const again = await runScenarios({ ...options, seed });
    t.is(again.results[0]?.verdict, 'fail');
    t.is(again.results[0]?.repeated, null);
  }
});

test('the correct client passes, however it is cut and delayed', async (t) => {
  const patterns = ['stripping/starttls-removed-*', 'injection/*-after-proceed', 'certificate/expired'];
  const { results } = await runScenarios({
    client: referenceClient(),
    patterns,
    repeat: 3,
    jobs: 4,
    via: 'ip',
    timeoutMs: 20_000,
  });
  t.deepEqual(
    results.filter(({ verdict }) => verdict !== 'pass').map(({ key, verdict, reason }) => [key, verdict, reason]),
    [],
  );
});
