import type { Command } from 'commander';

/** One command with the words that may follow it. */
interface Place {
  /** Path of the command, such as `alerts ack`; "" for the program itself. */
  path: string;
  commands: { name: string; summary: string }[];
  options: { flag: string; summary: string }[];
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const summaryOf = (command: Command): string => command.summary() || command.description().split('. ')[0] || '';

/** Lists every command with its subcommands and options, the program itself first. */
function placesOf(program: Command): Place[] {
  const places: Place[] = [];
  const visit = (command: Command, path: string): void => {
    const commands = command.commands.map((one) => ({ name: one.name(), summary: summaryOf(one) }));
    const own = path === '' ? program.options : [...command.options, ...program.options];
    const options = own.flatMap(({ long, description }) =>
      long === undefined || long === null ? [] : [{ flag: long, summary: description }],
    );
    places.push({ path, commands, options: [...options, { flag: '--help', summary: 'how it is used' }] });
    for (const one of command.commands) visit(one, path === '' ? one.name() : `${path} ${one.name()}`);
  };
  visit(program, '');
  return places;
}

/** Returns the words that may follow a command: its subcommands, else its options. */
const wordsOf = ({ commands, options }: Place): string =>
  [...commands.map(({ name }) => name), ...options.map(({ flag }) => flag)].join(' ');

/** Returns the paths of commands with subcommands, in the order in which words are read. */
const stepsOf = (places: readonly Place[]): string[] =>
  places.filter(({ path }) => path !== '').map(({ path }) => path);

function bash(places: readonly Place[]): string {
  const steps = stepsOf(places)
    .map((path) => `      '${path}') path='${path}' ;;`)
    .join('\n');
  const cases = places.map((place) => `    '${place.path}') words='${wordsOf(place)}' ;;`).join('\n');
  return `# Completion of adit for bash: eval "$(adit completion bash)"
_adit() {
  local path='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
${steps}
    esac
  done
  case "$path" in
${cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _adit adit
`;
}

/** Quotes a summary in single quotes; in zsh, colons separate a word from its summary. */
const quoted = (text: string): string => text.replaceAll("'", "'\\''");
const described = (word: string, summary: string): string =>
  `'${quoted(word.replaceAll(':', '\\:'))}:${quoted(summary)}'`;

function zsh(places: readonly Place[]): string {
  const steps = stepsOf(places)
    .map((path) => `      '${path}') place='${path}' ;;`)
    .join('\n');
  const cases = places
    .map(({ path, commands, options }) => {
      const all = [
        ...commands.map(({ name, summary }) => described(name, summary)),
        ...options.map(({ flag, summary }) => described(flag, summary)),
      ];
      return `    '${path}') all=(${all.join(' ')}) ;;`;
    })
    .join('\n');
  return `#compdef adit
# Completion of adit for zsh: eval "$(adit completion zsh)"
_adit() {
  local place='' word
  local -a all
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${place:+$place }$word" in
${steps}
    esac
  done
  case "$place" in
${cases}
  esac
  _describe 'adit' all || _files
}
compdef _adit adit
`;
}

function fish(places: readonly Place[]): string {
  const steps = stepsOf(places)
    .map((path) => `      case '${path}'\n        set place '${path}'`)
    .join('\n');
  const lines = places.flatMap(({ path, commands, options }) => {
    const here = `-n 'test (__adit_place) = "${path}"'`;
    return [
      ...commands.map(({ name, summary }) => `complete -c adit ${here} -a '${name}' -d '${quoted(summary)}'`),
      ...options.map(({ flag, summary }) => `complete -c adit ${here} -l '${flag.slice(2)}' -d '${quoted(summary)}'`),
    ];
  });
  return `# Completion of adit for fish: adit completion fish | source
function __adit_place
  set -l place ''
  for word in (commandline -opc)[2..-1]
    set -l next (string trim "$place $word")
    switch $next
${steps}
    end
  end
  echo "$place"
end
${lines.join('\n')}
`;
}

/** Writes a shell's completion for the whole program. */
export function completionOf(program: Command, shell: Shell): string {
  return { bash, zsh, fish }[shell](placesOf(program));
}
