/** `ca`: the credential table, and fresh credentials as files for a look with other tools. */
import { mkdir, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { domainToASCII } from 'node:url';
import { Command } from 'commander';
import { type CredentialRow, credentials } from '../../src/pki/credentials/index.ts';
import { didYouMean } from '../scenario/nearest.ts';
import { BadInput } from '../scenario/problem.ts';
import { collect } from './arguments.ts';
import { print, table, tell } from './terminal.ts';

interface CaOptions {
  out?: string;
  domain: string;
  credential?: string[];
}

export function caCommand(): Command {
  return new Command('ca')
    .description('list the credentials that Mallory can present, or write some to files')
    .option('--out <dir>', 'write a new test CA (ca.pem) and credentials below it (NAME.pem, NAME-key.pem) there')
    .option('--domain <name>', 'the reference identifier that they are made for', 'client.xmpp.test')
    .option('--credential <name>', 'only this credential (repeatable); default: all', collect)
    .addHelpText('after', ABOUT)
    .action(ca);
}

const ABOUT = `
Every run makes a CA of its own, in memory. Its certificate is what XMPP_CA_FILE holds, and
no system trusts it. What is written here is just as fresh: nothing that a run has used or
will use. It is for looking at, or for trying a certificate in another program.`;

async function ca({ out, domain, credential: names }: CaOptions): Promise<void> {
  const rows = (names ?? Object.keys(credentials)).map(rowOf);
  if (out !== undefined) return writeCredentials(rows, domain, out);
  await print(
    table(rows.map(({ name, peer, title, twin }) => [name, peer, `${title}${twin ? ` (twin: ${twin})` : ''}`])),
  );
  tell('As files: xmpp-mallory ca --out DIR. A twin is the same without the one thing that is wrong.');
}

function rowOf(name: string): CredentialRow {
  const row = Object.hasOwn(credentials, name) ? credentials[name] : undefined;
  if (row) return row;
  const hint = didYouMean(name, Object.keys(credentials));
  throw new BadInput(`There is no credential "${name}"${hint || '.'} All of them: xmpp-mallory ca.`);
}

async function writeCredentials(rows: CredentialRow[], domain: string, folder: string): Promise<void> {
  if (!isIP(domain) && !/^([a-z0-9-]{1,63}\.){2,}[a-z0-9-]{1,63}$/i.test(domainToASCII(domain)))
    throw new BadInput(
      `--domain ${domain} will not do: it takes at least three labels, such as client.xmpp.test, or an address.`,
    );
  const [{ createAuthority }, { issue, suits }] = await Promise.all([
    import('../../src/pki/authority.ts'),
    import('../../src/pki/issue.ts'),
  ]);
  const authority = await createAuthority();
  const write = async (file: string, text: string, mode = 0o644) => {
    await writeFile(join(folder, file), text, { mode }).catch(cannotWrite);
  };
  await mkdir(folder, { recursive: true }).catch(cannotWrite);
  await write('ca.pem', authority.caPem);
  const fitting = rows.filter((row) => suits(row, domain));
  for (const { name } of fitting) {
    const { chain, key } = await issue(authority, name, { domain });
    await write(`${name}.pem`, chain);
    await write(`${name}-key.pem`, key, 0o600);
  }
  const others = rows.filter((row) => !fitting.includes(row)).map(({ name, domain: kind }) => `${name} (${kind})`);
  if (others.length > 0) tell(`Left out, because they are about domains of another kind: ${others.join(', ')}.`);
  await print(`${folder}: ca.pem and ${fitting.length} credentials for ${domain}`);
}

function cannotWrite(error: NodeJS.ErrnoException): never {
  throw new BadInput(
    `${error.path ?? 'The file'} cannot be written: ${error.message}. Name another folder with --out.`,
  );
}
