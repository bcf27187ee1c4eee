/** `completion`: what a shell needs to complete our command lines, made from the definitions of the commands. */
import { Argument, Command } from 'commander';
import { print } from './terminal.ts';

const NAME = 'xmpp-mallory';

/** @param siblings the commands that there are, asked for when it is called. */
export function completionCommand(siblings: () => readonly Command[]): Command {
  return new Command('completion')
    .description('print what a shell completes our command lines with')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', ABOUT)
    .action((shell: 'bash' | 'zsh' | 'fish') => print(completion(shell, siblings())));
}

const ABOUT = `
bash:  source <(xmpp-mallory completion bash)
zsh:   source <(xmpp-mallory completion zsh)      after compinit
fish:  xmpp-mallory completion fish | source`;

export function completion(shell: 'bash' | 'zsh' | 'fish', commands: readonly Command[]): string {
  if (shell === 'fish') return fish(commands);
  // zsh has a mode for the functions of bash, whose compgen does not filter.
  return shell === 'bash' ? bash(commands) : `autoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`;
}

interface Choice {
  option: string;
  words: readonly string[];
}

const optionsOf = (command: Command) => command.options.flatMap(({ long }) => long ?? []);

const choicesOf = (command: Command): Choice[] =>
  command.options.flatMap(({ long, argChoices }) => (long && argChoices ? [{ option: long, words: argChoices }] : []));

/** Behind `--` stands a command of the user's own: there, and where we know nothing, files are completed. */
function bash(commands: readonly Command[]): string {
  const names = commands.map((one) => one.name()).join(' ');
  const cases = commands.map((one) => {
    const values = choicesOf(one).map(({ option, words }) => `        ${option}) words='${words.join(' ')}' ;;`);
    const argument = one.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
    return `    ${one.name()})
      case "$before" in
${[...values, `        *) words='${[...optionsOf(one), '--help', ...argument].join(' ')}' ;;`].join('\n')}
      esac ;;`;
  });
  return `_xmpp_mallory() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words='' one
  COMPREPLY=()
  for one in "\${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do [ "$one" != -- ] || return 0; done
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='${names} --help --version'
  else
    case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    esac
  fi
  for one in $words; do case "$one" in "$word"*) COMPREPLY+=("$one") ;; esac; done
}
complete -o default -F _xmpp_mallory ${NAME}
`;
}

function fish(commands: readonly Command[]): string {
  const lines = commands.flatMap((one) => {
    const within = `complete -c ${NAME} -n '__fish_seen_subcommand_from ${one.name()}'`;
    const argument = one.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
    return [
      `complete -c ${NAME} -n __fish_use_subcommand -f -a ${one.name()} -d ${quoted(one.description())}`,
      ...one.options.flatMap(({ long, description, argChoices, required, optional }) => {
        if (!long) return [];
        const value = argChoices ? ` -x -a ${quoted(argChoices.join(' '))}` : required || optional ? ' -r' : '';
        return [`${within} -l ${long.slice(2)}${value} -d ${quoted(description)}`];
      }),
      ...(argument.length > 0 ? [`${within} -f -a ${quoted(argument.join(' '))}`] : []),
    ];
  });
  return `${lines.join('\n')}\n`;
}

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
