/** What the agent is told about the value that is wanted. */
import type { JsonObject } from "../vocabulary/json.ts";
import { submitToolName } from "./submit-tool.ts";

/** For the system prompt. The tool says its own schema, the text has to. */
export function instructionFor(rung: "tool" | "text", schema: JsonObject): string {
  if (rung === "tool") {
    return [
      "Your work ends with a structured result.",
      `Do the task first. When it is done, call the tool \`${submitToolName}\` (its full name may have a prefix) exactly once, with the final result as its arguments.`,
      "If the tool does not accept the result, correct what it names and call it again. Once it has accepted, end: do nothing more.",
      "Only what the tool has accepted counts. Do not write the result as text instead.",
    ].join("\n");
  }
  return [
    "Your work ends with a structured result.",
    "Do the task first. When it is done, finish with a last message that is only the result: one JSON value that fits the JSON Schema below.",
    "Write nothing before or after the JSON, no explanation and no comments in it. Do not repeat the schema.",
    "",
    "JSON Schema of the result:",
    JSON.stringify(schema),
  ].join("\n");
}

/** For the same session, which knows the task. */
export function followUpPrompt(rung: "tool" | "text", issues: readonly string[]): string {
  const how =
    rung === "tool"
      ? `Call the tool \`${submitToolName}\` again with the whole corrected result.`
      : "Answer with the whole corrected result, and nothing but its JSON.";
  return ["There is no valid result yet:", ...issues.map((issue) => `- ${issue}`), "", `Do no new work. ${how}`].join(
    "\n",
  );
}

/** For the same session, whose last turn broke off. */
export function carryOnPrompt(): string {
  return [
    "Your last turn was cut off by a failure outside of this conversation, which is over.",
    "What you had done until then is done: look at it where you are not sure, and do not do it twice.",
    "Carry on where you stopped, until the task is done.",
  ].join("\n");
}
