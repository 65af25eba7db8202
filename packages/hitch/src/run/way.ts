/** By which way an agent is asked for the caller's value, and what the agent is told for it. */
import { toolServerIn } from "../effects/tool-server/tool-server.ts";
import { instructionFor } from "../output/instructions.ts";
import { lowerSchema, toolDialect, type Lowered } from "../output/lower.ts";
import type { OutputSchema } from "../output/schema.ts";
import type { OutputRung, Provider, RunRequest, SchemaDialect } from "../provider.ts";

export interface Way {
  readonly rung: OutputRung;
  /** The schema as the agent is told it. */
  readonly lowered: Lowered;
}

/** The name of our server among the agent's; its tool is `submit_output`. */
const ownServerName = "hitch";

/** The ways that the agent and the schema allow, best first; the last is always `text`. */
export function listWays({ capabilities: { output } }: Provider, { json }: OutputSchema): readonly Way[] {
  const dialects = { native: output.dialect ?? anyDialect, tool: toolDialect, text: anyDialect };
  const rungs = [...output.rungs.filter((rung) => rung !== "text"), "text" as const];
  return rungs.flatMap((rung) => {
    const lowered = lowerSchema(json, dialects[rung]);
    return lowered === undefined ? [] : [{ rung, lowered }];
  });
}

const anyDialect: SchemaDialect = { closedObjects: false, objectRoot: false, unsupported: [] };

/**
 * The request with all that makes the agent give a value. `again`: the session was asked before, and what stood in its
 * prompt it still knows.
 */
export function askBy({ rung, lowered }: Way, provider: Provider, request: RunRequest, again = false): RunRequest {
  if (rung === "native") return { ...request, outputSchema: lowered.schema };
  const instructed = instruct(request, provider, instructionFor(rung, lowered.schema), again);
  if (rung === "text") return instructed;
  const server = toolServerIn(request.scratch);
  return { ...instructed, mcpServers: { ...request.mcpServers, [ownServerName]: server } };
}

/** Into the agent's system prompt where it can be added to, else behind the prompt. */
function instruct(
  request: RunRequest,
  { capabilities: { options } }: Provider,
  instruction: string,
  again: boolean,
): RunRequest {
  const given = request.systemPrompt;
  if (given !== undefined) return { ...request, systemPrompt: { ...given, text: `${given.text}\n\n${instruction}` } };
  if (options.systemPrompt.append) return { ...request, systemPrompt: { mode: "append", text: instruction } };
  return again ? request : { ...request, prompt: `${request.prompt}\n\n${instruction}` };
}
