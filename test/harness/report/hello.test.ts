/** `hello`, from a run of the scenarios to what is printed. */
import test from 'ava';
import type { Connect } from '../../../harness/client/client.ts';
import { loadScenarios, runScenarios } from '../../../harness/index.ts';
import { plain } from '../../../harness/report/colour.ts';
import { helloReport, helloText } from '../../../harness/report/hello.ts';
import { referenceClient } from '../../reference-client/client.ts';

const catalogue = await loadScenarios();

async function shownFor(client: Connect) {
  const report = helloReport(
    await runScenarios({
      client,
      catalogue,
      patterns: ['hello/*'],
      via: 'ip',
      transcripts: 'all',
      timeoutMs: 5_000,
    }),
  );
  return { report, text: helloText(report, catalogue.requirements, plain) };
}

test('the correct client, over both transports', async (t) => {
  const { report, text } = await shownFor(referenceClient());
  t.is(report.exitStatus, 0);
  t.deepEqual(
    report.transports.map(({ transport }) => transport),
    ['starttls', 'direct'],
  );
  for (const { names, ja4, diagnosis, findings } of report.transports) {
    t.deepEqual(names?.versions, ['TLSv1.3', 'TLSv1.2']);
    t.regex(ja4 ?? '', /^t13d/);
    t.is(diagnosis, null);
    t.deepEqual(findings, []);
  }
  t.regex(
    text,
    /STARTTLS, by address\n {2}JA4 +t13d[\s\S]+Direct TLS[\s\S]+ALPN +xmpp-client[\s\S]+Nothing is wrong with it/,
  );
  t.notRegex(text, /0x[0-9a-f]{4}/);
});

test('a client that offers SHA-1 fails, with the clause', async (t) => {
  const { report, text } = await shownFor(referenceClient({ faults: ['offers-sha-1'] }));
  t.is(report.exitStatus, 1);
  t.regex(
    text,
    /FAIL It offers TLS 1\.2 along with signatures with SHA-1 \(rsa_pkcs1_sha1, ecdsa_sha1\)[\s\S]+RFC 9155, section 2/,
  );
});

test('each finding is told once, though two scenarios have it', async (t) => {
  const { report } = await shownFor(referenceClient({ faults: ['hello-compression'] }));
  t.deepEqual(
    report.transports[0]?.findings.map(({ code }) => code),
    ['offers-compression-with-tls-1.3', 'offers-compression'],
  );
});

test('without a ClientHello the usual diagnosis says why', async (t) => {
  const { report, text } = await shownFor(async () => {
    throw new Error('not today');
  });
  t.is(report.exitStatus, 2);
  t.regex(text, /No ClientHello: [\s\S]*never connected to\s+XMPP_HOST:XMPP_PORT/);
});
