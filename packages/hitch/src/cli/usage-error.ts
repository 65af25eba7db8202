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

const generalHint = "See hitch --help. A prompt goes to hitch run.";

const hintsOfRun: Readonly<Record<string, string>> = {
  "commander.unknownOption": "See hitch run --help. A prompt that begins with - goes after -- or to stdin.",
  "commander.excessArguments": "A prompt is one argument: put it in quotes.",
};

/**
 * The parser's error as `invalid-options`. `option` is the library's name where there is one, else what was typed; `argv`
 * is the whole call.
 */
export function toUsageError(
  { code, message }: Pick<CommanderError, "code" | "message">,
  [command, topic = ""]: readonly string[],
): HarnessError {
  // What the parser says then is only that it has shown its help.
  if (code === "commander.help") return refuse("unknown", topic, `unknown command '${topic}'`, generalHint);
  const [, quoted = ""] = /'([^']*)'/.exec(message) ?? [];
  const isCommand = command !== undefined && /^[a-z]/.test(command) && code !== "commander.unknownCommand";
  const isOfRun = command === "run";
  const hint = isCommand ? (isOfRun && hintsOfRun[code]) || `See hitch ${command} --help.` : generalHint;
  // The parser's own message would repeat the whole prompt.
  if (code === "commander.excessArguments") {
    return refuse(
      "too-many",
      isOfRun ? "prompt" : "arguments",
      `there are ${isOfRun ? "several" : "too many"} arguments`,
      hint,
    );
  }
  const told = message.replace(/^error: /, "").replaceAll("\n", " ");
  return refuse(reasons[code] ?? "wrong-value", optionOf(quoted), told, hint);
}

function refuse(reason: string, option: string, message: string, hint: string): HarnessError {
  return new HarnessError({ code: "invalid-options", option, reason, message, hint });
}

function optionOf(typed: string): string {
  const [longName] = /--[a-z-]+/.exec(typed) ?? [];
  return (
    Object.values(runFlags)
      .flat()
      .find((flag) => longNameOf(flag) === longName)?.option ?? typed
  );
}
