/** The rest of what `real/output.test.ts` shows, and the five debug schemas, each with a wrong value first. */
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { debugSchemas } from "../../../../../examples/debug-schema/schemas.ts";
import { giveWrongThenRight } from "../../../../../examples/debug-schema/scripted-model.ts";
import { agentById } from "../support/agents.ts";
import { askedBy, correctsByText, givesUp } from "../support/output-cases.ts";
import { runLibrary } from "../support/run-agent.ts";

vi.setConfig({ maxConcurrency: 4, testTimeout: 300_000 });

const { opencode, pi, codex } = agentById;

test.concurrent("OpenCode corrects its last message in the same session", () => correctsByText(opencode));
test.concurrent("OpenCode that never gets it right by the tool ends", () => givesUp(opencode, "tool"));

describe.concurrent.each([
  { agent: opencode, rung: "tool" as const },
  { agent: pi, rung: "text" as const },
  { agent: codex, rung: "native" as const },
])("$agent.id, by $rung, corrects", ({ agent, rung }) => {
  test.each(debugSchemas)("$name", async (debugged) => {
    const { finish } = await runLibrary(agent, {
      prompt: debugged.prompt,
      turns: giveWrongThenRight(debugged),
      options: { provider: askedBy(agent, rung), schema: debugged.schema },
    });
    expect(finish.status).toBe("completed");
    expect(finish.result.output).toEqual(debugged.schema.parse(debugged.right));
    const outputs = finish.result.attempts?.map(({ output }) => output);
    expect(outputs?.flatMap((output) => output?.issues ?? [])).not.toEqual([]);
    // Strict mode, which is Codex's own way, has neither records nor tuples.
    const isBeyondStrictMode = /"(propertyNames|prefixItems)":/.test(
      JSON.stringify(z.toJSONSchema(debugged.schema, { io: "input" })),
    );
    expect(outputs?.at(-1)?.via).toBe(rung === "native" && isBeyondStrictMode ? "text" : rung);
  });
});
