/** The conformance suite catches providers that break their promises: each is pi's own, with one thing wrong. */
import { dirname } from "node:path";
import { expect, test, vi } from "vitest";
import type { Decoded, Provider, RunRequest } from "../../../src/provider.ts";
import { pi } from "../../../src/providers/pi.ts";
import { behaviours, openBench } from "../../../src/testing/index.ts";
import { pi as subject } from "../../conformance/subjects/pi.ts";
import { agentExecutable } from "../../support/agents.ts";
import { waitToStart } from "../support/start-gate.ts";

vi.setConfig({ testTimeout: 300_000 });

/** pi that is asked something else than what the caller wants. */
function misled(change: (request: RunRequest) => Partial<RunRequest>): Provider {
  return { ...pi, command: (request) => pi.command({ ...request, ...change(request) }) };
}

/** pi whose events and evidence are not what it says. */
function misread(change: (decoded: Decoded) => Decoded): Provider {
  return {
    ...pi,
    decoder(request) {
      const decoder = pi.decoder(request);
      return { ...decoder, line: (text) => change(decoder.line(text)) };
    },
  };
}

const says = { type: "ended", ok: true } as const;

const liars: readonly { readonly lie: string; readonly provider: Provider; readonly caught: readonly string[] }[] = [
  {
    lie: "takes every end for a good one",
    provider: misread(({ events = [], evidence = [] }) => ({ events, evidence: evidence.map(() => says) })),
    caught: ["failure-401", "failure-500"],
  },
  {
    lie: "trims what the caller says",
    provider: misled(({ prompt }) => ({ prompt: prompt.trim() })),
    caught: ["prompt-white-space"],
  },
  {
    lie: "lets the agent do everything",
    provider: misled(() => ({ permissions: "unrestricted" })),
    caught: ["permissions-read-only"],
  },
  {
    lie: "appends a system prompt that should replace",
    provider: misled(({ systemPrompt: given }) => (given ? { systemPrompt: { ...given, mode: "append" } } : {})),
    caught: ["system-prompt-replace"],
  },
  {
    lie: "starts a new conversation instead of continuing one",
    provider: {
      ...pi,
      command: ({ session: _forgotten, ...request }) => pi.command(request),
    },
    caught: ["resume"],
  },
  {
    lie: "does not tell what its tools do",
    provider: misread(({ events = [], ...rest }) => ({
      ...rest,
      events: events.filter(({ type }) => !type.startsWith("tool-")),
    })),
    caught: ["tool-write"],
  },
  {
    lie: "reports 0 for what it does not know",
    provider: misread(({ events = [], ...rest }) => ({
      ...rest,
      events: events.map((event) =>
        event.type === "finish-step" ? { ...event, usage: { inputTokens: 0, outputTokens: 0 } } : event,
      ),
    })),
    caught: ["usage", "unknown-is-not-zero"],
  },
];

test.concurrent.each(liars)("a provider that $lie", async ({ provider, caught }) => {
  const path = dirname(agentExecutable(subject.executable));
  await using bench = openBench({ ...subject, provider }, { path, beforeStart: waitToStart });
  for (const id of caught) {
    const behaviour = behaviours.find((each) => each.id === id);
    await expect(behaviour?.run(bench)).rejects.toThrow();
  }
});
