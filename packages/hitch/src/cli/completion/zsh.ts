/** The script for zsh. */
import type { CommandWords, OptionWords, ProgramWords, Values } from "./words.ts";

export function writeZsh({ options, commands }: ProgramWords): string {
  return `#compdef hitch
# Completion of hitch for zsh. Put this line into ~/.zshrc, after compinit:
#   source <(hitch completion zsh)

_hitch_runs() {
  local -a runs
  runs=(last \${HITCH_STATE_DIR:-\${XDG_STATE_HOME:-$HOME/.local/state}/hitch}/runs/*(N:t))
  compadd -- $runs
}

_hitch() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C \\
${options.map((option) => `    ${specOf(option)} \\\n`).join("")}    '1:command:->command' \\
    '*:: :->rest'
  case $state in
    command)
      local -a commands=(
${commands.map(({ name, description }) => `        ${quote(`${name}:${description}`)}`).join("\n")}
      )
      _describe -t commands command commands
      ;;
    rest)
      case $line[1] in
${commands.map(commandCase).join("\n")}
      esac
      ;;
  esac
}

if [[ $funcstack[1] == _hitch ]]; then
  _hitch "$@"
else
  compdef _hitch hitch
fi
`;
}

function commandCase({ name, options, arguments: places }: CommandWords): string {
  const specs = [
    ...options.map(specOf),
    ...places.map((values, at) => quote(`${at + 1}:argument:${actionOf(values)}`)),
  ];
  return `        ${name})
          _arguments -S ${specs.map((spec) => `\\\n            ${spec}`).join(" ")}
          ;;`;
}

/** `'(-p --provider)'{-p,--provider}'[what it is]:value:(one other)'`; a star in front: it may come again. */
function specOf({ names, description, isRepeatable, value }: OptionWords): string {
  const told = `[${description.replace(/[[\]\\:]/g, "\\$&")}]`;
  const takes = value === undefined ? "" : `:value:${actionOf(value)}`;
  const spellings = names.length > 1 ? `{${names.join(",")}}` : (names[0] ?? "");
  const excludes = isRepeatable ? quote("*") : names.length > 1 ? quote(`(${names.join(" ")})`) : "";
  return `${excludes}${spellings}${quote(told + takes)}`;
}

function actionOf(values: Values): string {
  if (values.type === "words") return `(${values.words.join(" ")})`;
  if (values.type === "files") return "_files";
  if (values.type === "directories") return "_files -/";
  return values.type === "runs" ? "_hitch_runs" : " ";
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
