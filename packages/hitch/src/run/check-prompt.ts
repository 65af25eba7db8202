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
  const { maxPromptBytes: bytes = Infinity, maxPromptCharacters: characters = Infinity } = capabilities;
  const explain = (length: number, unit: string, limit: number): string =>
    `the prompt has ${length} ${unit}, ${id} takes at most ${limit}`;
  if (Buffer.byteLength(prompt) > bytes) return explain(Buffer.byteLength(prompt), "bytes", bytes);
  // No prompt has more code points than UTF-16 has units for it.
  const length = prompt.length > characters ? [...prompt].length : 0;
  return length > characters ? explain(length, "characters", characters) : undefined;
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
