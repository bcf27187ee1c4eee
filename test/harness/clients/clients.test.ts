import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname } from 'node:path';
import test from 'ava';
import { type BundledClient, bundledClient, bundledClients } from '../../../harness/clients/clients.ts';

const readme = await readFile(new URL('../../../harness/clients/README.md', import.meta.url), 'utf8');

test('every client has a name of its own', (t) => {
  const names = bundledClients.map((client) => client.name);
  t.deepEqual(names, [...new Set(names)]);
});

test('a client is found by its name, and an unknown name says which there are', (t) => {
  for (const client of bundledClients) t.is(bundledClient(client.name), client);
  t.throws(() => bundledClient('slixmp'), { instanceOf: RangeError, message: /slixmpp/ });
});

/** A variant has the folder, and so the section of the README, of its client. */
const folderOf = ({ file }: BundledClient) => basename(dirname(file));
const SETTINGS =
  /MANDATORY_TLS|TRUST_TLS|DISABLE_TLS|LEGACY_AUTH|force_starttls|disable_starttls|no_verify|check_hostname|verify_mode|default_domain|unencrypted|rejectUnauthorized|ignore_tls|no-tls-verify|TLSRequired|TLSDisabled|setTls|IgnoreSslErrors|ssl_verify|disable_ssl|use_starttls/;

for (const client of bundledClients) {
  test(`${client.name}: the driver has fewer than 50 lines`, async (t) => {
    const lines = (await readFile(client.file, 'utf8')).trimEnd().split('\n');
    t.true(lines.length < 50, `${lines.length} lines`);
  });

  test(`${client.name}: only a variant sets anything about security`, async (t) => {
    const lines = (await readFile(client.file, 'utf8')).split('\n');
    t.deepEqual(
      lines.filter((line) => SETTINGS.test(line) && !/strict/.test(line)),
      [],
    );
  });

  test(`${client.name}: the README says how it is driven`, (t) => {
    const section = readme.split(/^## /m).find((text) => text.startsWith(`${folderOf(client)}\n`)) ?? '';
    t.true(section.includes(client.install));
    t.true(section.includes(`\`${client.name}\``) || client.name === folderOf(client));
  });

  test(`${client.name}: is either installed in a version, or something is missing by name`, async (t) => {
    const { installed, version, why } = await client.detect();
    t.log(installed ? `version ${version}` : why);
    if (installed) return t.regex(version ?? '', /\d/);
    t.truthy(why);
    await t.throwsAsync(client.command(tmpdir()), { message: why ?? '' });
  });
}
