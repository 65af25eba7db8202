import { fileURLToPath } from "node:url";
import { defineProvider, type Decoder, type Evidence } from "../../src/provider.ts";
import { asObject, parseObject, stringAt } from "../../src/vocabulary/json.ts";
import type { AgentEvent } from "../../src/vocabulary/events.ts";

/** One thing that the scripted agent does; see `fixtures/agents/scripted.js`. */
export type Step = Readonly<Record<string, unknown>>;

/** The path of the scripted agent's program. */
export const scriptedExecutable = fileURLToPath(new URL("../fixtures/agents/scripted.js", import.meta.url));

/** The prompt that makes the scripted agent do these steps. */
export function script(...steps: readonly Step[]): string {
  return JSON.stringify(steps);
}

/** Says something and ends well. */
export function answer(text: string): Step[] {
  return [{ line: { text } }, { line: { step: true } }, { line: { ended: true } }];
}

/**
 * A provider whose agent is a real program that follows a script. Its lines: `{text}`, `{step}`, `{tool, kind}`, `{done}`,
 * `{ended}`, `{failure}`, `{stop}`, `{output}`, and `{events}` and `{evidence}` for anything else.
 */
export const scripted = defineProvider({
  id: "scripted",
  agent: {
    launch: [{ name: scriptedExecutable }],
    install: "it comes with the tests",
    version: { args: [], tested: "1" },
    login: { env: [], files: [] },
  },
  capabilities: {
    progress: "live",
    ownRetries: "off",
    enforcedBy: { "read-only": "nothing", workspace: "agent-rules", unrestricted: "agent-rules" },
    options: {
      model: { required: false, example: "any" },
      effort: false,
      addDirs: false,
      systemPrompt: { replace: true, append: false },
      attachments: false,
      mcpServers: ["stdio"],
      session: true,
      fork: false,
      native: ["knob"],
    },
    output: { rungs: ["tool", "text"] },
    limits: { usd: "stream", tokens: "stream", turns: "stream" },
    maxPromptBytes: 64 * 1024 * 1024,
  },
  command: ({ prompt, extraArgs, mcpServers, session, outputSchema }) => ({
    args: [
      ...extraArgs,
      ...(session ? ["--session", session.id] : []),
      ...(outputSchema ? [JSON.stringify(outputSchema)] : []),
    ],
    stdin: prompt,
    env: { SCRIPTED_MCP: JSON.stringify(mcpServers) },
  }),
  decoder: (): Decoder => ({
    line(text) {
      const said = parseObject(text);
      if (said === undefined) return { events: [{ type: "raw", line: text }] };
      return { events: eventsOf(said), evidence: evidenceOf(said) };
    },
  }),
});

function eventsOf(said: Readonly<Record<string, unknown>>): AgentEvent[] {
  const events: AgentEvent[] = [];
  if (typeof said.text === "string") events.push({ type: "text", id: "t", text: said.text });
  if (typeof said.tool === "string") {
    const kind = stringAt(said, "kind") === "execute" ? "execute" : "read";
    events.push({ type: "tool-call", toolCallId: said.tool, toolName: "tool", kind, input: {} });
  }
  if (typeof said.done === "string") {
    events.push({ type: "tool-result", toolCallId: said.done, output: "", isError: false });
  }
  if (said.step === true) {
    const usage = { inputTokens: 10, outputTokens: 5 };
    events.push({ type: "finish-step", usage, cost: { usd: 0.01, source: "reported" } });
  }
  if (Array.isArray(said.events)) events.push(...(said.events as AgentEvent[]));
  return events;
}

function evidenceOf(said: Readonly<Record<string, unknown>>): Evidence[] {
  if (said.ended !== undefined) return [{ type: "ended", ok: said.ended === true }];
  const failure = asObject(said.failure);
  if (failure) return [{ type: "failure", message: "", ...failure }];
  if (said.output !== undefined) return [{ type: "output", value: said.output }];
  if (Array.isArray(said.evidence)) return said.evidence as Evidence[];
  if (typeof said.stop === "string") return [{ type: "stop", code: "protocol", message: said.stop }];
  return [];
}
