import test from 'ava';
import { type ExitRules, exitStatus } from '../../../harness/judge/exit-status.ts';
import type { BaselineNote, Result, Verdict } from '../../../harness/result.ts';
import { result } from '../report/fixtures.ts';

const lax: ExitRules = { strict: false, patterns: [] };
const strict: ExitRules = { strict: true, patterns: [] };

const plain = (verdict: Verdict, id = 'stripping/x'): Result => result(id, verdict);

function noted(verdict: Verdict, expected: Verdict, state: BaselineNote['state']): Result {
  return result('stripping/known', verdict, { baseline: { expected, kind: 'bug', reason: 'r', link: null, state } });
}

const login = plain('pass', 'control/login');
const stale = [{ match: 'gone/*', why: 'stale' }];

const table: [name: string, results: Result[], status: 0 | 1 | 2, rules?: ExitRules, stale?: unknown[]][] = [
  ['a pass', [plain('pass')], 0],
  ['a warning', [plain('warn')], 0],
  ['a warning with --strict', [plain('pass'), plain('warn')], 1, strict],
  ['a known warning with --strict', [noted('warn', 'warn', 'met')], 0, strict],
  ['a fail', [plain('pass'), plain('fail')], 1],
  ['a known fail alone', [noted('fail', 'fail', 'met')], 0],
  ['a known fail and another', [noted('fail', 'fail', 'met'), plain('fail')], 1],
  ['an unexpected pass', [noted('pass', 'fail', 'unexpected-pass'), plain('pass')], 1],
  ['a changed verdict', [noted('warn', 'fail', 'changed'), plain('pass')], 1],
  ['a flaky one that passes', [noted('pass', 'fail', 'met')], 0],
  ['a stale entry', [plain('pass')], 1, lax, stale],
  ['an inconclusive', [plain('pass'), plain('inconclusive')], 2],
  ['a known inconclusive beside a pass', [plain('pass'), noted('inconclusive', 'inconclusive', 'met')], 0],
  ['a known inconclusive alone: nothing judged', [noted('inconclusive', 'inconclusive', 'met')], 2],
  ['an inconclusive that was to fail', [plain('pass'), noted('inconclusive', 'fail', 'not-judged')], 2],
  ['an error', [plain('pass'), plain('error')], 2],
  ['an error is never expected', [plain('pass'), noted('error', 'fail', 'not-judged')], 2],
  ['a fail goes before an inconclusive and an error', [plain('inconclusive'), plain('error'), plain('fail')], 1],
  ['a stale entry goes before an error', [plain('error')], 1, lax, stale],
  ['a skip beside a pass', [plain('pass'), plain('skip')], 0],
  ['a skip that was to fail, beside a pass', [plain('pass'), noted('skip', 'fail', 'not-judged')], 0],
  ['nothing but skips', [plain('skip'), plain('skip')], 2],
  ['nothing at all', [], 2],
  ['a control that nobody asked for, and skips', [login, plain('skip')], 2],
  ['a control by its family', [login], 0, { strict: false, patterns: ['control/*'] }],
  ['a control by its key', [login], 0, { strict: false, patterns: ['stripping/x', 'control/login[starttls,ip]'] }],
  ['a control beside a pattern for others', [login, plain('skip')], 2, { strict: false, patterns: ['stripping/*'] }],
  ['a control that fails', [plain('fail', 'control/login')], 1],
];
for (const [name, results, status, rules = lax, entries = []] of table)
  test(`${status}: ${name}`, (t) => t.is(exitStatus(results, entries, rules), status));
