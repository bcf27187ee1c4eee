// Vitest: one test for each scenario. Put your client in place of `login`.
import { expect, test } from 'vitest';
import { runScenarios } from 'xmpp-mallory';
import { login } from './my-client.mjs';

/** Known failures, by key, and why. One that passes now fails until it is taken out. */
const known = {};

async function client({ host, port, jid, password, caFile, tls, session }, signal) {
  if (session === 'stay') return { result: 'unsupported' };
  const online = await login({ host, port, jid, password, caFile, tls, signal });
  await online.close();
}

const patterns = ['control/*', 'stripping/starttls-removed-scram', 'certificate/wrong-name', 'certificate/expired'];
const { results } = await runScenarios({ client, patterns, transport: 'starttls' });

for (const { key, verdict, reason, findings } of results) {
  const declare = verdict === 'skip' ? test.skip : verdict === 'fail' || verdict === 'pass' ? expecting(key) : test;
  declare(verdict === 'skip' ? `${key} (${reason})` : key, () => {
    const why = findings.map(({ message }) => message).join(' ') || reason;
    if (verdict === 'warn') console.warn(why);
    expect(verdict, why ?? verdict).toMatch(/^(pass|warn)$/);
  });
}

function expecting(key) {
  return Object.hasOwn(known, key) ? test.fails : test;
}
