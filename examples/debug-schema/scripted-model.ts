/** A model that gives a wrong value first and then the right one: by the tool if it is offered, else as text. */
import { text, toolCall, type RecordedRequest, type Turn } from "../../packages/hitch/src/testing/index.ts";
import type { DebugSchema } from "./schemas.ts";

/** The turns of a run for the schema. */
export function giveWrongThenRight({ wrong, right }: DebugSchema): (request: RecordedRequest, index: number) => Turn {
  return ({ tools }, index) => {
    const tool = tools.find((name) => name.endsWith("submit_output"));
    const value = index === 0 ? wrong : right;
    if (tool === undefined) return text(index === 0 ? `Here it is:\n\n${fence(value)}` : JSON.stringify(value));
    return index < 2 ? toolCall(tool, asArguments(value)) : text("Done.");
  };
}

function fence(value: unknown): string {
  return `\`\`\`json\n${JSON.stringify(value, undefined, 2)}\n\`\`\``;
}

/** A tool's arguments are an object; Hitch asks for anything else as its `value`. */
function asArguments(value: unknown): Readonly<Record<string, unknown>> {
  return Array.isArray(value) ? { value } : (value as Readonly<Record<string, unknown>>);
}
