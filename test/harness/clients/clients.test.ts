import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import test from 'ava';
import { bundledClient, bundledClients } from '../../../harness/clients/clients.ts';

const readme = await readFile(new URL('../../../harness/clients/README.md', import.meta.url), 'utf8');

test('every client has a name of its own', (t) => {
  const names = bundledClients.map((client) => client.name);
  t.deepEqual(names, [...new Set(names)]);
});

test('a client is found by its name, and an unknown name says which there are', (t) => {
  for (const client of bundledClients) t.is(bundledClient(client.name), client);
  t.throws(() => bundledClient('slixmp'), { instanceOf: RangeError, message: /slixmpp/ });
});

for (const client of bundledClients) {
  test(`${client.name}: the driver has fewer than 40 lines`, async (t) => {
    const lines = (await readFile(client.file, 'utf8')).trimEnd().split('\n');
    t.true(lines.length < 40, `${lines.length} lines`);
  });

  test(`${client.name}: the driver leaves the library's security settings alone`, async (t) => {
    const driver = await readFile(client.file, 'utf8');
    t.notRegex(driver, /MANDATORY_TLS|TRUST_TLS|DISABLE_TLS|LEGACY_AUTH|force_starttls|disable_starttls|no_verify/);
    t.notRegex(driver, /check_hostname|verify_mode|default_domain|rejectUnauthorized|ignore_tls|no-tls-verify/);
  });

  test(`${client.name}: the README says how it is driven`, (t) => {
    t.true(readme.includes(`## ${client.name}\n`));
    t.true(readme.includes(client.install));
  });

  test(`${client.name}: is either installed in a version, or something is missing by name`, async (t) => {
    const { installed, version, why } = await client.detect();
    t.log(installed ? `version ${version}` : why);
    if (installed) return t.regex(version ?? '', /\d/);
    t.truthy(why);
    await t.throwsAsync(client.command(tmpdir()), { message: why ?? '' });
  });
}
