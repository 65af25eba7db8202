/** What the parser did not understand, in our words. */
import type { CommanderError } from "commander";
import { HarnessError } from "../vocabulary/error.ts";
import { longNameOf, runFlags } from "./run-flags.ts";

/** The parser's kinds of error, and the one word for each. */
const reasons: Readonly<Record<string, string>> = {
  "commander.unknownOption": "unknown",
  "commander.unknownCommand": "unknown",
  "commander.optionMissingArgument": "missing-value",
  "commander.missingArgument": "missing",
  "commander.excessArguments": "too-many",
};

const hints: Readonly<Record<string, string>> = {
  "commander.unknownOption": "See hitch run --help. A prompt that begins with - goes after -- or to stdin.",
  "commander.unknownCommand": "See hitch --help. A prompt goes to hitch run.",
  "commander.excessArguments": "A prompt is one argument: put it in quotes.",
};

/**
 * The parser's error as `invalid-options`. `option` is the library's name where there is one, else what was typed; `command`
 * is the word that the call began with.
 */
export function toUsageError(
  { code, message }: Pick<CommanderError, "code" | "message">,
  command: string | undefined,
): HarnessError {
  const [, quoted = ""] = /'([^']*)'/.exec(message) ?? [];
  const tooMany = code === "commander.excessArguments";
  const isCommand = command !== undefined && /^[a-z]/.test(command) && code !== "commander.unknownCommand";
  const isOfRun = !isCommand || command === "run";
  return new HarnessError({
    code: "invalid-options",
    option: tooMany ? (isOfRun ? "prompt" : "arguments") : optionOf(quoted),
    reason: reasons[code] ?? "wrong-value",
    // The parser's own message would repeat the whole prompt.
    message: tooMany
      ? `there are ${isOfRun ? "several" : "too many"} arguments`
      : message.replace(/^error: /, "").replaceAll("\n", " "),
    hint: (isOfRun ? hints[code] : undefined) ?? `See hitch ${isOfRun ? "run" : command} --help.`,
  });
}

function optionOf(typed: string): string {
  const [longName] = /--[a-z-]+/.exec(typed) ?? [];
  return (
    Object.values(runFlags)
      .flat()
      .find((flag) => longNameOf(flag) === longName)?.option ?? typed
  );
}
