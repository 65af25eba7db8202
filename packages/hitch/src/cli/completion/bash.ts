/** The script for bash, from 3.2 on. */
import type { CommandWords, OptionWords, ProgramWords, Values } from "./words.ts";

export function writeBash({ options, commands }: ProgramWords): string {
  const general: CommandWords = {
    name: "",
    description: "",
    options,
    arguments: [{ type: "words", words: commands.map(({ name }) => name) }],
  };
  const all = [general, ...commands];
  return `# Completion of hitch for bash. Put this line into ~/.bashrc:
#   source <(hitch completion bash)

_hitch_take() {
  local candidate
  while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done
}

_hitch_words() { _hitch_take < <(compgen -W "$1" -- "$2"); }

_hitch_paths() {
  compopt -o filenames 2>/dev/null
  _hitch_take < <(compgen "$1" -- "$2")
}

_hitch_runs() {
  local runs=\${HITCH_STATE_DIR:-\${XDG_STATE_HOME:-$HOME/.local/state}/hitch}/runs
  _hitch_words "last $(command ls -- "$runs" 2>/dev/null)" "$1"
}

_hitch() {
  local current=\${COMP_WORDS[COMP_CWORD]} option=\${COMP_WORDS[COMP_CWORD - 1]} command="" literal="" index word
  local count=0 skip=""
  COMPREPLY=()
  # bash takes --name=value apart into three words.
  if [[ $current == "=" ]]; then
    current=""
  elif [[ $option == "=" ]]; then
    option=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ -n $literal ]]; then
      count=$((count + 1))
    elif [[ -n $skip && $word != "=" ]]; then
      skip=""
    elif [[ $word == -- ]]; then
      literal=1
    elif [[ $word == -* ]]; then
      case "$command $word" in
        ${patternsOf(all, (option) => option.value !== undefined)}) skip=1 ;;
      esac
    elif [[ $word == "=" ]]; then
      :
    elif [[ -z $command ]]; then
      command=$word
    else
      count=$((count + 1))
    fi
  done

  if [[ -z $literal ]]; then
    case "$command $option" in
${all.flatMap((command) => command.options.flatMap((option) => valueCase(command, option))).join("\n")}
    esac
    if [[ $current == -* ]]; then
      case "$command" in
${all.map((command) => `        "${command.name}") _hitch_words "${namesOf(command)}" "$current" ;;`).join("\n")}
      esac
      return
    fi
  fi
  case "$command $count" in
${all.flatMap(({ name, arguments: places }) => places.flatMap((values, at) => placeCase(name, at, values))).join("\n")}
  esac
}

complete -F _hitch hitch
`;
}

/** Every case that takes a value ends the function: what it takes is no argument. */
function valueCase(command: CommandWords, option: OptionWords): string[] {
  if (option.value === undefined) return [];
  const patterns = option.names.map((name) => `"${command.name} ${name}"`).join(" | ");
  const action = actionOf(option.value);
  return [`      ${patterns}) ${action === undefined ? "" : `${action}; `}return ;;`];
}

function placeCase(command: string, place: number, values: Values): string[] {
  const action = actionOf(values);
  return action === undefined ? [] : [`    "${command} ${place}") ${action} ;;`];
}

function actionOf(values: Values): string | undefined {
  if (values.type === "words") return `_hitch_words "${values.words.join(" ")}" "$current"`;
  if (values.type === "files") return `_hitch_paths -f "$current"`;
  if (values.type === "directories") return `_hitch_paths -d "$current"`;
  return values.type === "runs" ? `_hitch_runs "$current"` : undefined;
}

function patternsOf(commands: readonly CommandWords[], fits: (option: OptionWords) => boolean): string {
  const patterns = commands.flatMap(({ name, options }) =>
    options.filter(fits).flatMap(({ names }) => names.map((one) => `"${name} ${one}"`)),
  );
  return patterns.join(" | ");
}

function namesOf({ options }: CommandWords): string {
  return options.flatMap(({ names }) => names).join(" ");
}
