/** A report made by hand, with a client that tries to write into whoever reads it. */

import { exitStatus } from '../../../harness/judge/exit-status.ts';
import { plain } from '../../../harness/report/colour.ts';
import type { ReportContext } from '../../../harness/report/reporter.ts';
import type { Finding, Report, Result, Verdict } from '../../../harness/result.ts';
import type { Requirement } from '../../../harness/scenario/catalogue.ts';
import type { Observation } from '../../../src/transcript.ts';

/** ANSI, OSC and C1 sequences, XML, CDATA, YAML and TAP directives, bidirectional overrides, NUL, a lone surrogate. */
export const HOSTILE =
  '\u001b[2J\u001b]0;owned\u0007\u009b31m<x a="1">&]]></x>\r\nok 99 - # SKIP all\n---\n\u202etxt.exe\u2066\u0000\ud800\ufffe\u0085\u2028';

export const requirements: Record<string, Requirement> = {
  'rfc7590-3.1-not-deterred': {
    source: 'RFC 7590',
    section: '3.1',
    level: 'must',
    text: 'A client never goes on in clear text.',
    checked: 'text',
  },
};

export const context: ReportContext = { requirements, scenarios: [], paint: plain };

const transcript: Observation[] = [
  {
    n: 1,
    t: 0,
    layer: 'tcp',
    connection: 1,
    type: 'connected',
    endpoint: 'main',
    transport: 'starttls',
    direction: 'in',
    remote: '',
  },
  {
    n: 2,
    t: 1,
    layer: 'script',
    connection: 1,
    type: 'action',
    index: 0,
    action: 'remove',
    point: 'features',
    phase: 'clear',
  },
  {
    ...{ n: 3, t: 2, layer: 'xmpp', connection: 1, phase: 'clear', type: 'element', from: 'client' },
    ...{ name: 'auth', ns: 'urn:ietf:params:xml:ns:xmpp-sasl', credential: 'sasl', mechanism: 'PLAIN' },
    xml: `<auth mechanism='PLAIN'>AGFsaWNlAHNlY3JldA==</auth>${HOSTILE}`,
  } as Observation,
];

export const inClear: Finding = {
  code: 'authenticated-in-clear',
  message: `It authenticated in clear with ${HOSTILE}.`,
  requirement: 'rfc7590-3.1-not-deterred',
  level: 'must',
  severity: 'critical',
  evidence: [3],
};

export function result(id: string, verdict: Verdict, more: Partial<Result> = {}): Result {
  const findings = verdict === 'fail' || verdict === 'warn' ? [inClear] : [];
  return {
    id,
    key: `${id}[starttls,ip]`,
    title: `The title of ${id}`,
    transport: 'starttls',
    via: 'ip',
    verdict,
    outcome: 'refused',
    importance: 'high',
    repeated: null,
    control: 'starttls,ip once',
    reason: verdict === 'pass' || findings.length > 0 ? null : `why it is ${verdict}`,
    baseline: null,
    rerun: `xmpp-mallory run ${id} --tls starttls --via ip -- ./client`,
    findings,
    claimed: null,
    exit: { code: 1, signal: null },
    stderrTail: HOSTILE,
    durationMs: 1234,
    waitedMs: 0,
    connections: [],
    ...(verdict === 'pass' ? {} : { transcript }),
    ...more,
  };
}

export function report(results: Result[], more: Partial<Report> = {}): Report {
  const summary = { pass: 0, warn: 0, fail: 0, skip: 0, inconclusive: 0, error: 0 };
  for (const { verdict } of results) summary[verdict] += 1;
  return {
    format: 'xmpp-mallory/1',
    tool: { name: 'xmpp-mallory', version: '0.0.0' },
    catalogue: '0123',
    seed: 'abc',
    durationMs: 5678,
    environment: { node: 'v20', openssl: '3', platform: 'linux x64', policy: 'rfc9525' },
    client: { label: `client ${HOSTILE}`, version: HOSTILE, command: ['./client', HOSTILE] },
    relayed: false,
    shard: null,
    loaded: results.length,
    selected: results.length,
    summary,
    notes: [`A note ${HOSTILE}`],
    controls: [{ profile: 'starttls,ip once', ok: true, outcome: 'online', diagnosis: null, durationMs: 10 }],
    results,
    stale: more.stale ?? [],
    exitStatus: exitStatus(results, more.stale ?? [], { strict: false, patterns: ['*'] }),
    ...more,
  };
}

const known = (expected: Verdict, state: 'met' | 'unexpected-pass' | 'changed' | 'not-judged') => ({
  baseline: { expected, kind: 'bug', reason: `issue 7 ${HOSTILE}`, link: 'https://example.test/7', state },
});

/** One result of every kind. */
export const everything = report([
  result('control/login', 'pass'),
  result('stripping/removed', 'fail', { importance: 'critical' }),
  result('stripping/weak', 'warn', { findings: [{ ...inClear, level: 'should' }] }),
  result('stripping/skipped', 'skip', { reason: `does not do ${HOSTILE}` }),
  result('header/slow', 'inconclusive', { reason: `too slow ${HOSTILE}` }),
  result('header/broken', 'error', { reason: `cannot ${HOSTILE}` }),
  result('certificate/known', 'fail', known('fail', 'met')),
  result('certificate/mended', 'pass', known('fail', 'unexpected-pass')),
  result('certificate/changed', 'warn', known('fail', 'changed')),
  result('certificate/not-judged', 'skip', known('fail', 'not-judged')),
]);

/** Whatever a terminal, a log viewer or a parser would act on. */
export const ACTIVE = /(?!\n)[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2028-\u202e\u2066-\u2069]/u;
