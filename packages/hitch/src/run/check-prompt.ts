/** The texts for the model. They go through unchanged, so they are only looked at. */
import type { Provider } from "../provider.ts";
import { checkKeys, checkText, refuse, type Findings } from "./check.ts";

export function checkPrompt(findings: Findings, given: unknown, provider: Provider): string {
  if (given === undefined) refuse(findings, "prompt", "missing", "there is no prompt");
  const prompt = checkText(findings, "prompt", given) ?? "";
  const problem = promptTooLarge(provider, prompt);
  if (problem !== undefined) refuse(findings, "prompt", "too-large", problem);
  return prompt;
}

/** Why the agent would not take it, if so. */
export function promptTooLarge({ id, capabilities }: Provider, prompt: string): string | undefined {
  const limit = capabilities.maxPromptBytes;
  const length = Buffer.byteLength(prompt);
  return limit === undefined || length <= limit
    ? undefined
    : `the prompt has ${length} bytes, ${id} takes at most ${limit}`;
}

export function checkSystemPrompt(
  findings: Findings,
  given: unknown,
): { readonly mode: "replace" | "append"; readonly text: string } | undefined {
  if (given === undefined) return undefined;
  const replaces = typeof given === "string";
  const value = replaces ? given : checkKeys(findings, "systemPrompt", given, ["append"]).append;
  const text = checkText(findings, replaces ? "systemPrompt" : "systemPrompt.append", value ?? "");
  return text === undefined ? undefined : { mode: replaces ? "replace" : "append", text };
}
