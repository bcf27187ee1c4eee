/** The manual page, made from the definitions of the commands: `docs/xmpp-mallory.1` (man 7 man). */
import type { Command, Option } from 'commander';
import { NEEDED } from './man-text.ts';

/** Nothing in it depends on the day that it is made. */
export function manPage(commands: readonly Command[]): string {
  const lines = [
    '.\\" Made by npm run docs: change the definitions of the commands instead.',
    '.TH XMPP-MALLORY 1 "" "xmpp-mallory" "User Commands"',
    '.SH NAME',
    'xmpp-mallory \\- tell whether an XMPP client can be talked out of TLS',
    '.SH SYNOPSIS',
    ...commands.flatMap((one) => [`.B xmpp\\-mallory ${one.name()}`, text(one.usage()), '.br']),
    ...NEEDED.before,
    '.SH COMMANDS',
    ...commands.flatMap(section),
    ...NEEDED.after,
  ];
  return `${lines.join('\n')}\n`;
}

function section(command: Command): string[] {
  return [
    `.SS ${text(command.name())}`,
    `${text(sentence(command.description()))}`,
    ...command.registeredArguments.flatMap((one) =>
      one.description ? ['.TP', `.I ${text(one.name())}`, text(sentence(one.description))] : [],
    ),
    ...command.options.filter(({ hidden }) => !hidden).flatMap(entry),
  ];
}

function entry({ flags, description, argChoices }: Option): string[] {
  const choices = argChoices ? ` One of: ${argChoices.join(', ')}.` : '';
  return ['.TP', `.B ${text(flags)}`, text(`${sentence(description)}${choices}`)];
}

const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1).replace(/\.$/, '')}.`;

/** A hyphen would be set as one, and a line that begins with a dot or a quote would be a request. */
const text = (words: string) =>
  words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&');
