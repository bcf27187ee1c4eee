/** `init`: writes a driver to edit, for those whose client has no command that logs in yet. */
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { didYouMean } from '../scenario/nearest.ts';
import { BadInput } from '../scenario/problem.ts';
import { type DriverTemplate, driverTemplates } from './drivers/index.ts';
import { print, tell } from './terminal.ts';

export function initCommand(): Command {
  return new Command('init')
    .description('write a driver to edit: the few lines that make a client log in as Mallory tells it')
    .argument('<language>', Object.keys(driverTemplates).join(', '))
    .option('--out <file>', 'where to; - is standard output; default: xmpp-driver.* in the working directory')
    .action(init);
}

async function init(language: string, options: { out?: string }): Promise<void> {
  const template = templateFor(language);
  const file = options.out ?? template.file;
  if (file === '-') return print(template.text);
  await writeFile(file, template.text, { flag: 'wx', mode: template.mode }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST')
      throw new BadInput(`${file} is there already; delete it, or name another file with --out.`);
    throw new BadInput(`${file} cannot be written: ${error.message}. Name another file with --out.`);
  });
  tell(`${file} drives ${template.library}. Edit it, then see whether it logs in to a good server:`);
  if (template.prepare !== null) await print(template.prepare);
  await print(`xmpp-mallory run 'control/*' -- ${template.command(file)}`);
}

function templateFor(language: string): DriverTemplate {
  const names = Object.keys(driverTemplates);
  const template = Object.hasOwn(driverTemplates, language) ? driverTemplates[language] : undefined;
  if (template) return template;
  throw new BadInput(
    `There is no driver for "${language}"${didYouMean(language, names) || '.'} There are: ${names.join(', ')}. Any program will do that reads XMPP_HOST, XMPP_PORT, XMPP_JID, XMPP_PASSWORD and XMPP_CA_FILE and logs in.`,
  );
}
