/** A row of the tables about the judge: a scenario, the transcript of its attack, and what is made of it. */
import test from 'ava';
import type { Case, ControlFacts } from '../../../harness/judge/judge.ts';
import { judge } from '../../../harness/judge/judge.ts';
import type { Verdict } from '../../../harness/result.ts';
import type { Requirement } from '../../../harness/scenario/catalogue.ts';
import type { ScenarioFields } from '../../../harness/scenario/scenario.ts';
import { end, exit, on, type Step, scenario, toHello, transcript } from './transcripts.ts';

export interface Row {
  title: string;
  the?: Partial<ScenarioFields> & { id?: string };
  steps: (Step | Step[])[];
  want: Verdict;
  reason?: RegExp;
  codes?: string[];
  around?: Partial<Case>;
}

/** Makes a test of each row. */
export function judged(rows: readonly Row[]): void {
  for (const { title, the = {}, steps, want, reason, codes, around = {} } of rows) {
    test(title, (t) => {
      const judgement = judge({
        scenario: scenario(the),
        transport: 'starttls',
        observations: transcript(...steps),
        canary: 'canary',
        domain: 'im.example.test',
        base: good,
        control: good,
        inapplicable: null,
        rules: { requirements, policy: 'rfc9525' },
        ...around,
      });
      t.is(judgement.verdict, want, judgement.reason ?? undefined);
      if (reason) t.regex(judgement.reason ?? '', reason);
      if (codes)
        t.deepEqual(
          judgement.findings.map(({ code }) => code),
          codes,
        );
    });
  }
}

const entry = (level: Requirement['level'], checked: Requirement['checked'] = 'text'): Requirement => ({
  source: 'RFC',
  section: '1',
  level,
  text: 'T',
  checked,
});

export const requirements = {
  'rfc7590-3.1-not-deterred': entry('must'),
  'rfc7590-3.4-authenticate-server': entry('must'),
  'a-must': entry('must'),
  'a-should': entry('should'),
  'an-info': entry('info'),
  'from-memory': entry('must', 'knowledge'),
  'by-policy': entry({ rfc9525: 'must', rfc6125: 'info' }),
};

export const good: ControlFacts = { profile: 'p', state: 'ok', reason: null, loginMs: 100, helloKind: 'usual' };

export const failed: ControlFacts = { ...good, state: 'failed', reason: 'it failed' };

export const c = on(1);

export const strip: Partial<ScenarioFields> = { script: [{ on: 'features', in: 'clear', do: { remove: 'starttls' } }] };

export const expired: Partial<ScenarioFields> = { script: [{ on: 'tls-handshake', do: { present: 'expired' } }] };

export const old: Partial<ScenarioFields> = {
  script: [{ on: 'tls-handshake', do: { negotiate: { max: 'TLSv1' } } }],
  expect: { never: { 'authenticated-to-weak': 'a-must', 'negotiated-weak': 'a-should' } },
};

export const stripped = [c.connected(), c.header(), c.features('clear', 'PLAIN'), c.acted()];

export const shown = [...toHello(), c.acted(0, 'tls-handshake'), c.flight('untrusted')];

export const done: Step[] = [exit(1), end];
