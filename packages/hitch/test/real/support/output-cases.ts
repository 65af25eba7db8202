/** What holds for a value that a real agent is asked for, by each of its ways. */
import { expect } from "vitest";
import { z } from "zod";
import { providers } from "../../../src/providers/index.ts";
import type { OutputRung, Provider } from "../../../src/provider.ts";
import { text, toolCall, type RecordedRequest, type Turn } from "../../../src/testing/index.ts";
import { isConversation, type RealAgent } from "./agents.ts";
import { cameTooEarly, patient } from "./patient-turns.ts";
import { runLibrary, type Ran } from "./run-agent.ts";

const schema = z.object({ age: z.int().max(100) });
const task = "How old is the oldest of them?";

/** The agent, asked by this way alone. */
export function askedBy(agent: RealAgent, rung: OutputRung): Provider {
  const provider = providers.find(({ id }) => id === agent.id);
  if (provider === undefined) throw new Error(`There is no provider ${agent.id}`);
  const { output } = provider.capabilities;
  return { ...provider, capabilities: { ...provider.capabilities, output: { ...output, rungs: [rung] } } };
}

function run(agent: RealAgent, rung: OutputRung, turns: readonly Turn[]): Promise<Ran> {
  return runLibrary(agent, {
    prompt: task,
    turns: patient(turns),
    options: { provider: askedBy(agent, rung), schema },
  });
}

/** The name under which an agent offers our tool to the model; the mock's for a tool in a namespace. */
function toolOf(agent: RealAgent): string {
  return agent.id === "codex" ? "mcp__hitch.submit_output" : "hitch_submit_output";
}

export async function correctsByTool(agent: RealAgent): Promise<void> {
  const tool = toolOf(agent);
  const turns = [toolCall(tool, { age: 1000 }), toolCall(tool, { age: 42 }), text("Done.")];
  const ran = await run(agent, "tool", turns);
  const { finish } = ran;
  const requests = ran.requests.filter((request) => !cameTooEarly(request));
  expect(finish).toMatchObject({ status: "completed", result: { output: { age: 42 }, text: "Done." } });
  expect(finish.result.attempts?.map(({ output }) => output)).toMatchObject([
    { via: "tool", issues: [expect.stringContaining("age: ")], raw: ['{"age":1000}', '{"age":42}'] },
  ]);
  expectOneConversation(requests);
  // Codex offers the tools of servers to models that look for them.
  expect(requests[0]?.tools).toContain(agent.id === "codex" ? "tool_search" : tool);
  const answer = requests[1]?.messages.at(-1);
  expect(answer).toMatchObject({ role: "tool", text: expect.stringContaining("age: ") as string });
  expect(userTexts(requests[1])).toEqual([expect.stringContaining(task)]);
}

/** The agent's own way hands the schema to the model's side, and does not look at what comes back. */
export async function correctsNatively(agent: RealAgent): Promise<void> {
  const turns = [text('{"age": 1000}'), text('{"age": 42}')];
  const { finish, requests } = await run(agent, "native", turns);
  expect(finish).toMatchObject({ status: "completed", result: { output: { age: 42 } } });
  expect(finish.result.attempts).toMatchObject([
    {
      task: "prompt",
      output: {
        issues: [expect.stringContaining("age: ")],
        raw: expect.arrayContaining(['{"age":1000}']) as string[],
      },
    },
    { task: "follow-up", output: { via: "native", issues: [], raw: ['{"age":42}'] } },
  ]);
  expectOneConversation(requests);
  for (const { rawBody } of requests) expect(rawBody.toString()).toContain('"additionalProperties":false');
  expect(requests[0]?.lastUserText).toBe(task);
}

export async function correctsByText(agent: RealAgent): Promise<void> {
  const turns = [text('Here:\n```json\n{"age": 1000}\n```'), text('{"age": 42}')];
  const { finish, requests } = await run(agent, "text", turns);
  expect(finish).toMatchObject({ status: "completed", result: { output: { age: 42 } } });
  expect(finish.result.attempts).toMatchObject([
    { task: "prompt", output: { issues: [expect.stringContaining("age: ")] } },
    { task: "follow-up", output: { via: "text", issues: [] } },
  ]);
  expectOneConversation(requests);
  const told = userTexts(requests[1]);
  expect(told).toHaveLength(2);
  expect(told[0]).toContain(task);
  expect(told[1]).toContain("age: ");
  expect(told[1]).not.toContain(task);
}

/** Ends when the corrections are used up, however often the model would go on. */
export async function givesUp(agent: RealAgent, rung: OutputRung): Promise<void> {
  const wrong = rung === "tool" ? toolCall(toolOf(agent), { age: 1000 }) : text('{"age": 1000}');
  const { finish, requests } = await run(agent, rung, [wrong]);
  expect(finish).toMatchObject({ status: "failed", error: { code: "invalid-output" } });
  const raw = finish.result.attempts
    ?.flatMap(({ output }) => output?.raw ?? [])
    .map((answer): unknown => JSON.parse(answer));
  expect(raw).toEqual(Array(raw?.length ?? 0).fill({ age: 1000 }));
  expect(raw?.length).toBeGreaterThanOrEqual(3);
  // One call may be under way while the agent is ended.
  expect(requests.length).toBeLessThanOrEqual(4);
}

function expectOneConversation(requests: readonly RecordedRequest[]): void {
  expect(requests.length).toBeGreaterThanOrEqual(2);
  expect(new Set(requests.map(({ conversation }) => conversation)).size).toBe(1);
}

function userTexts(request: RecordedRequest | undefined): string[] {
  return (request?.messages ?? [])
    .filter((message) => message.role === "user" && isConversation(message))
    .map((message) => message.text);
}
