/** SARIF 2.1.0, for code scanning: a rule for each clause, a result for each finding, a run for each client. */
import { createHash } from 'node:crypto';
import type { Finding, Level, Report, Reports, Result } from '../result.ts';
import type { Requirement } from '../scenario/catalogue.ts';
import { clauseOf, clauseUri } from './citation.ts';
import { jsonText, visible } from './escape.ts';
import { evidenceOf } from './evidence.ts';
import { block, code, prose } from './markdown-text.ts';
import { isProblem, type ReportContext, runProblems } from './reporter.ts';
import { nameOf } from './tally.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const HOME = 'https://www.npmjs.com/package/xmpp-mallory';

export function sarif(reports: Reports, context: ReportContext): string {
  const log = { $schema: SCHEMA, version: '2.1.0', runs: reports.map((report) => runOf(report, context)) };
  return `${jsonText(log, 2)}\n`;
}

function runOf(report: Report, context: ReportContext) {
  const { tool, client, results, exitStatus, seed, environment } = report;
  const found = results.flatMap((result) => result.findings.map((finding) => ({ result, finding })));
  const rules = [...new Map(found.map(({ finding }) => [finding.requirement, finding.level]))];
  const places = rules.map(([id]) => id);
  return {
    tool: {
      driver: {
        name: tool.name,
        semanticVersion: tool.version,
        informationUri: HOME,
        rules: rules.map(([id, level]) => ruleOf(id, level, context.requirements)),
      },
    },
    // Apart for each client: without it the second would close the alerts of the first.
    automationDetails: { id: `${tool.name}/${visible(client.label)}/` },
    invocations: [
      {
        // Whether the tool did its work, not whether it liked what it saw.
        executionSuccessful: !results.some(({ verdict }) => verdict === 'error'),
        exitCode: exitStatus,
        toolExecutionNotifications: notificationsOf(report),
      },
    ],
    results: found.map(({ result, finding }) =>
      resultOf(result, finding, { ruleIndex: places.indexOf(finding.requirement), report, context }),
    ),
    columnKind: 'utf16CodeUnits',
    properties: { client: visible(nameOf(report)), seed: visible(seed), policy: environment.policy },
  };
}

const LEVELS: Record<Level, 'error' | 'warning' | 'note'> = { must: 'error', should: 'warning', info: 'note' };

function ruleOf(id: string, level: Level, requirements: Readonly<Record<string, Requirement>>) {
  const requirement = Object.hasOwn(requirements, id) ? requirements[id] : undefined;
  const common = { id: visible(id), defaultConfiguration: { level: LEVELS[level] } };
  if (!requirement) return common;
  const text = `${requirement.text} (${clauseOf(requirement)})`;
  return {
    ...common,
    shortDescription: { text: visible(requirement.text) },
    fullDescription: { text: visible(text) },
    help: {
      text: visible(text),
      markdown: `${prose(requirement.text)} [${prose(clauseOf(requirement))}](${clauseUri(requirement)})`,
    },
    helpUri: clauseUri(requirement),
    properties: { tags: ['security', 'xmpp', 'tls'], precision: 'very-high' },
  };
}

interface Place {
  ruleIndex: number;
  report: Report;
  context: ReportContext;
}

function resultOf(result: Result, finding: Finding, { ruleIndex, report, context }: Place) {
  const { key, id, title, transport, baseline, rerun } = result;
  const proof = evidenceOf(finding, result);
  const fingerprint = createHash('sha256')
    .update([id, transport, finding.code, finding.requirement].join('\n'))
    .digest('hex');
  return {
    ruleId: visible(finding.requirement),
    ruleIndex,
    level: LEVELS[finding.level],
    message: {
      text: visible(`${finding.message} (${title}: ${key})`),
      markdown: [
        `**${prose(finding.message)}** ${code(finding.code)}`,
        `${prose(title)}: ${code(key)}`,
        ...(proof.length > 0 ? [block(proof)] : []),
        block([rerun], 'sh'),
      ].join('\n\n'),
    },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: artifactOf(result, report, context), uriBaseId: '%SRCROOT%' },
          region: { startLine: 1 },
        },
        logicalLocations: [{ fullyQualifiedName: visible(key), kind: 'member' }],
      },
    ],
    partialFingerprints: {
      'xmppMallory/v1': fingerprint,
      // The only one that GitHub looks at; it would make one from the line, which is the same for all.
      primaryLocationLineHash: `${fingerprint.slice(0, 16)}:1`,
    },
    ...(baseline?.state === 'met' && {
      suppressions: [
        { kind: 'external', status: 'accepted', justification: visible(`${baseline.kind}: ${baseline.reason}`) },
      ],
    }),
    properties: {
      code: finding.code,
      severity: finding.severity,
      rerun: visible(rerun),
    },
  };
}

/** A wire has no lines, but code scanning wants a file: the driver, the baseline, or else what the attack is written in. */
function artifactOf({ id }: Result, report: Report, { artifact, scenarios }: ReportContext): string {
  const file = artifact?.(report) ?? scenarios.find((one) => one.id === id)?.source.replace(/^\/+/, '') ?? 'scenarios';
  return file.split('/').map(encodeURIComponent).join('/');
}

/** What says nothing about the client, and yet has to be known. */
function notificationsOf(report: Report) {
  const odd = report.results.filter((result) => isProblem(result) && result.verdict !== 'fail');
  return [
    ...report.notes.map((text) => ({ level: 'note', message: { text: visible(text) } })),
    ...runProblems(report).map((text) => ({ level: 'error', message: { text: visible(text) } })),
    ...odd.map(({ key, verdict, reason, baseline }) => {
      const why = verdict === 'pass' || verdict === 'warn' ? `the baseline expects ${baseline?.expected}` : reason;
      return {
        level: verdict === 'error' ? 'error' : 'warning',
        message: { text: visible(`${key}: ${verdict}: ${why ?? 'no reason is known'}`) },
      };
    }),
  ];
}
