/** Where the prompt comes from: the argument, else `--file`, else stdin. With an argument stdin is left alone. */
import { readFileSync } from "node:fs";
import { HarnessError } from "../vocabulary/error.ts";
import { readText, type TextSources } from "./text-file.ts";

/** Resolves with the prompt, unchanged. Rejects with a HarnessError `invalid-options`, or `cancelled` while it waits. */
export async function readPrompt(
  argument: string | undefined,
  file: string | undefined,
  sources: TextSources,
): Promise<string> {
  if (argument !== undefined && file !== undefined) {
    throw refusal("conflict", "there are two prompts: the argument and --file");
  }
  if (argument !== undefined) return checkArgument(argument, readCommandLine());
  if (file === undefined && sources.stdin.isTTY) {
    throw refusal("missing", "there is no prompt: give it as an argument, with --file or on stdin");
  }
  return readText(file ?? "-", "prompt", sources);
}

/**
 * Node replaces what is not UTF-8 in an argument without a word. Such a replacement is refused if `commandLine`, the bytes
 * that the process was started with, shows that the argument did not come with it; where nobody can tell it is let through.
 */
export function checkArgument(argument: string, commandLine: Buffer | undefined): string {
  const replaced = argument.includes("\uFFFD") && commandLine !== undefined && !commandLine.includes(argument);
  if (replaced) throw refusal("not-utf8", "the prompt is not UTF-8");
  return argument;
}

function readCommandLine(): Buffer | undefined {
  try {
    return readFileSync("/proc/self/cmdline");
  } catch {
    return undefined; // Only Linux has it.
  }
}

function refusal(reason: string, message: string): HarnessError {
  return new HarnessError({ code: "invalid-options", option: "prompt", reason, message });
}
