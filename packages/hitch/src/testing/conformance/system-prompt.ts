/** The caller's system prompt, as the model received it. */
import type { HarnessOptions } from "../../run/options.ts";
import { text } from "../mock-model/turns.ts";
import { defineBehaviour, hold } from "./behaviour.ts";
import type { Bench } from "./bench.ts";
import { nasty } from "./nasty-text.ts";
import { holdCompleted } from "./ran.ts";

/** About 60 KB: Codex trims a longer one. */
const system = `  You are a parrot. ${nasty}\n${"Repeat what you hear.\n".repeat(2_700)}The end.\n\n`;

export const systemPromptBehaviours = [
  defineBehaviour({
    id: "system-prompt-replace",
    title: "takes a system prompt instead of its own, to the letter",
    async prove(bench) {
      const [usual, heard] = [await systemOf(bench, {}), await systemOf(bench, { systemPrompt: system })];
      hold(isIn(heard, system), "The model should receive the caller's system prompt", heard);
      hold(!beginningsOf(usual).every((own) => isIn(heard, own)), "It should not receive the agent's own one", heard);
    },
  }),
  defineBehaviour({
    id: "system-prompt-append",
    title: "takes a system prompt after its own, to the letter",
    async prove(bench) {
      const [usual, heard] = [await systemOf(bench, {}), await systemOf(bench, { systemPrompt: { append: system } })];
      const [longest = ""] = beginningsOf(usual);
      hold(isIn(heard, longest), "The model should receive the agent's own system prompt", heard);
      hold(isIn(heard, system), "The model should receive the caller's system prompt too", heard);
    },
  }),
];

async function systemOf(bench: Bench, options: HarnessOptions): Promise<readonly string[]> {
  const ran = await bench.run({ turns: [text("Heard.")] }, { options });
  holdCompleted(ran, "Heard.");
  return ran.requests[0]?.system ?? [];
}

function isIn(heard: readonly string[], part: string): boolean {
  return heard.some((each) => each.includes(part));
}

/**
 * What of an agent's system prompt is the same in every run, its longest part first. There may be others which say who the
 * agent is, in a line, or where it runs, and stay.
 */
function beginningsOf(usual: readonly string[]): readonly string[] {
  const parts = usual.map((part) => part.trim()).sort((left, right) => right.length - left.length);
  hold(parts[0] !== undefined && parts[0] !== "", "The agent should have a system prompt of its own");
  return parts
    .filter((part, index) => index === 0 || part.length > shortestPromptLength)
    .map((part) => part.slice(0, 120));
}

const shortestPromptLength = 500;
