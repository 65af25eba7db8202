/** What can be typed after `hitch`, read from the program's own definition. */
import type { Argument, Command, Option } from "commander";

/** What may stand in a place: fixed words, something that the shell or the state directory knows, or anything. */
export type Values =
  | { readonly type: "words"; readonly words: readonly string[] }
  | { readonly type: "files" | "directories" | "runs" | "anything" };

export interface OptionWords {
  /** `-p`, `--provider`. */
  readonly names: readonly string[];
  readonly description: string;
  readonly isRepeatable: boolean;
  /** Absent: it takes no value. */
  readonly value?: Values;
}

export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  /** One after the other. */
  readonly arguments: readonly Values[];
}

export interface ProgramWords {
  readonly options: readonly OptionWords[];
  readonly commands: readonly CommandWords[];
}

/** Options whose words their definition does not spell out. */
export type KnownWords = Readonly<Record<string, readonly string[]>>;

/** Hidden commands and options are left out. */
export function readWords(program: Command, known: KnownWords): ProgramWords {
  const help = program.createHelp();
  const commands = help.visibleCommands(program);
  const names = commands.map((command) => command.name());
  return {
    options: help.visibleOptions(program).map((option) => readOption(option, known)),
    commands: commands.map((command) => ({
      name: command.name(),
      description: command.description(),
      options: help.visibleOptions(command).map((option) => readOption(option, known)),
      arguments: command.registeredArguments.map((argument) => readArgument(argument, names)),
    })),
  };
}

function readOption(option: Option, known: KnownWords): OptionWords {
  const names = [option.short, option.long].filter((name) => name !== undefined);
  const takesValue = option.required || option.optional;
  const words = option.argChoices ?? known[option.long ?? ""];
  return {
    names,
    description: option.description,
    isRepeatable: option.parseArg !== undefined,
    ...(takesValue && { value: words ? { type: "words", words } : readPlaceholder(option.flags) }),
  };
}

/** What stands between `<` and `>` says what is meant: `<directory>`, `<file>`, `<one|other>`. */
function readPlaceholder(flags: string): Values {
  const [, placeholder = ""] = /[<[]([^>\]]*)[>\]]/.exec(flags) ?? [];
  if (placeholder.includes("|")) return { type: "words", words: placeholder.split("|") };
  if (placeholder === "file" || placeholder === "path") return { type: "files" };
  return { type: placeholder === "directory" ? "directories" : "anything" };
}

function readArgument(argument: Argument, commandNames: readonly string[]): Values {
  if (argument.argChoices) return { type: "words", words: argument.argChoices };
  if (argument.name() === "command") return { type: "words", words: commandNames };
  return { type: /^run(-?id)?$|^id$/i.test(argument.name()) ? "runs" : "anything" };
}
