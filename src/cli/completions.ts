// `mpmetrics completions`: scripts with which a shell completes commands, options, and names of heaps.

import { optionsOf } from './arguments';
import { WELL, Misuse, type Command } from './command';
import { print } from './output';

/** The command that completes all other commands. @internal */
export function completionsOf(others: readonly Command[]): Command {
  const command: Command = {
    name: 'completions',
    summary: 'a script that completes commands and names in bash or zsh',
    words: 'bash|zsh',
    count: [1, 1],
    options: {},
    notes:
      'bash: mpmetrics completions bash > /etc/bash_completion.d/mpmetrics, or source <(mpmetrics completions bash).\n' +
      'zsh: mpmetrics completions zsh > "${fpath[1]}/_mpmetrics", and begin a new shell.',
    async run({ positionals: [shell = ''] }) {
      const all = [...others, command];
      if (shell === 'bash') await print(bash(all));
      else if (shell === 'zsh') await print(zsh(all));
      else throw new Misuse(`There are completions for bash and zsh, not for "${shell}".`);
      return WELL;
    },
  };
  return command;
}

/** Whether the command takes the name of a heap. */
function takesHeap({ words }: Command): boolean {
  return words.includes('NAME');
}

function optionWords(command: Command): string[] {
  const options = Object.entries(optionsOf(command));
  const letters = options.flatMap(([, { short }]) => (short === undefined ? [] : [`-${short}`]));
  return [...options.map(([name]) => `--${name}`), ...letters];
}

/** The choices of options, as words of the shell. */
function choicesOf(command: Command): (readonly [string, readonly string[]])[] {
  return Object.entries(optionsOf(command)).flatMap(([name, { choices }]) =>
    choices === undefined ? [] : [[name, choices] as const],
  );
}

function bash(commands: readonly Command[]): string {
  const cases = commands.map((command) => {
    const choices = choicesOf(command).map(
      ([name, words]) =>
        `      [[ $previous == --${name} ]] && { COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$word")); return; }`,
    );
    const words = command.name === 'completions' ? 'bash zsh' : '';
    const heaps = takesHeap(command) ? '$(mpmetrics ls --names 2> /dev/null)' : words;
    return [
      `    ${command.name})`,
      ...choices,
      `      if [[ $word == -* ]]; then words='${optionWords(command).join(' ')}'; else words="${heaps}"; fi ;;`,
    ].join('\n');
  });
  return `# Completions of mpmetrics for bash.
_mpmetrics() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words=
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')} --help --version' -- "$word"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _mpmetrics mpmetrics
`;
}

function zsh(commands: readonly Command[]): string {
  const quoted = (text: string): string =>
    text.replaceAll("'", "'\\''").replaceAll(/[[\]:]/g, '\\$&');
  const named = commands.map(({ name, summary }) => `    '${name}:${quoted(summary)}'`);
  const cases = commands.map((command) => {
    const options = Object.entries(optionsOf(command)).map(
      ([name, { type, help, choices, value, isRepeatable = false }]) => {
        const argument =
          choices === undefined ? `:${value ?? ''}:` : `:${name}:(${choices.join(' ')})`;
        return `        '${isRepeatable ? '*' : ''}--${name}[${quoted(help)}]${type === 'string' ? argument : ''}'`;
      },
    );
    const rest = takesHeap(command) ? ["        '*:heap:_mpmetrics_heaps'"] : [];
    const shells = command.name === 'completions' ? ["        '1:shell:(bash zsh)'"] : [];
    return [
      `      ${command.name})`,
      '        _arguments \\',
      [...options, ...rest, ...shells].join(' \\\n'),
      '        ;;',
    ].join('\n');
  });
  return `#compdef mpmetrics
# Completions of mpmetrics for zsh.
_mpmetrics_heaps() {
  local -a heaps
  heaps=(\${(f)"$(mpmetrics ls --names 2> /dev/null)"})
  compadd -a heaps
}
_mpmetrics() {
  local -a commands
  commands=(
${named.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local name=$words[2]
  shift words
  ((CURRENT--))
  case $name in
${cases.join('\n')}
  esac
}
_mpmetrics "$@"
`;
}
