/** The script for fish. */
import type { CommandWords, OptionWords, ProgramWords, Values } from "./words.ts";

export function writeFish({ options, commands }: ProgramWords): string {
  const isFirst = "__fish_use_subcommand";
  return `# Completion of hitch for fish. Keep it where fish looks:
#   hitch completion fish > ~/.config/fish/completions/hitch.fish

function __hitch_runs
    set -l state $HITCH_STATE_DIR
    test -n "$state"; or set state $XDG_STATE_HOME/hitch
    test -n "$HITCH_STATE_DIR$XDG_STATE_HOME"; or set state ~/.local/state/hitch
    echo last
    command ls $state/runs 2>/dev/null
end

complete -c hitch -f
${options.map((option) => optionLine(isFirst, option)).join("\n")}
${commands.map(({ name, description }) => `complete -c hitch -n ${isFirst} -a ${name} -d ${quote(description)}`).join("\n")}
${commands.flatMap(linesOf).join("\n")}
`;
}

function linesOf({ name, options, arguments: places }: CommandWords): string[] {
  const condition = quote(`__fish_seen_subcommand_from ${name}`);
  const values = places.map(sourceOf).filter((source) => source !== undefined);
  return [
    ...options.map((option) => optionLine(condition, option)),
    ...values.map((source) => `complete -c hitch -n ${condition} ${source}`),
  ];
}

function optionLine(condition: string, { names, description, value }: OptionWords): string {
  const spellings = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const takes =
    value === undefined ? [] : [value.type === "files" ? "-r -F" : ["-x", sourceOf(value)].join(" ").trim()];
  return ["complete -c hitch -n", condition, ...spellings, ...takes, "-d", quote(description)].join(" ");
}

function sourceOf(values: Values): string | undefined {
  if (values.type === "words") return `-a ${quote(values.words.join(" "))}`;
  if (values.type === "files") return "-F";
  if (values.type === "directories") return "-a '(__fish_complete_directories)'";
  return values.type === "runs" ? "-a '(__hitch_runs)'" : undefined;
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
