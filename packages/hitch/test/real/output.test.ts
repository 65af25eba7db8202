/** A value that does not fit is corrected in the same conversation, and whatever was answered is kept. */
import { expect, test, vi } from "vitest";
import { z } from "zod";
import { status, toolCall } from "../../src/testing/index.ts";
import { agentById } from "./support/agents.ts";
import { correctsByText, correctsByTool, correctsNatively, givesUp } from "./support/output-cases.ts";
import { runLibrary } from "./support/run-agent.ts";

vi.setConfig({ maxConcurrency: 4, testTimeout: 300_000 });

const { opencode, pi, codex } = agentById;

test.concurrent("OpenCode corrects its value by the tool, in the same turn", () => correctsByTool(opencode));
test.concurrent("pi corrects its value in the same session", () => correctsByText(pi));
test.concurrent("pi that never gets it right ends as invalid-output", () => givesUp(pi, "text"));

test.concurrent("Codex corrects its last message, of which the model's side knows the schema", () =>
  correctsNatively(codex),
);
test.concurrent("Codex corrects its value by the tool, in the same turn", () => correctsByTool(codex));
test.concurrent("Codex that never gets it right ends as invalid-output", () => givesUp(codex, "native"));

test.concurrent("OpenCode that is turned away after an accepted value has failed, with the value", async () => {
  const turns = [toolCall("hitch_submit_output", { age: 42 }), status(401)];
  const { finish } = await runLibrary(opencode, { turns, options: { schema: z.object({ age: z.int() }) } });
  expect(finish).toMatchObject({
    status: "failed",
    error: { code: "authentication" },
    result: { output: { age: 42 }, attempts: [{ output: { via: "tool" } }] },
  });
});
