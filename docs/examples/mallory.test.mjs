// node --test: one test for each scenario. Any other test runner does as well.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runScenarios } from 'xmpp-mallory';
import { login } from './my-client.mjs';

// A command finds all this in its environment. The signal is what SIGTERM is to it.
async function client({ host, port, jid, password, caFile }, signal) {
  const session = await login({ host, port, jid, password, caFile, signal });
  await session.close();
}

const patterns = ['stripping/starttls-removed-scram', 'certificate/wrong-name', 'certificate/expired'];
const { results } = await runScenarios({ client, patterns, transport: 'starttls' });

for (const { key, verdict, reason, findings } of results) {
  test(key, { skip: verdict === 'skip' && reason }, () => {
    const why = findings.map(({ message }) => message).join(' ') || reason;
    assert.ok(verdict === 'pass' || verdict === 'warn', `${verdict}: ${why}`);
  });
}
