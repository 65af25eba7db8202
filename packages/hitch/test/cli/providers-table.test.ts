import { expect, test } from "vitest";
import type { ProviderSummary } from "../../src/cli/providers-command.ts";
import { formatProviders } from "../../src/cli/providers-table.ts";
import { unstyled } from "./text/unstyled.ts";

const summary: ProviderSummary = {
  provider: "agent",
  executable: "/usr/bin/agent",
  install: "npm install -g agent",
  testedVersion: "1.18.33",
  login: { env: [], files: [] },
  model: { required: false, example: "a/b" },
  effort: true,
  addDirs: true,
  systemPrompt: { replace: true, append: true },
  enforcedBy: { "read-only": "os", workspace: "agent-rules", unrestricted: "agent-rules" },
  session: true,
  fork: true,
  attachments: true,
  clean: true,
  hidesKeys: true,
  mcpServers: ["stdio"],
  output: ["native", "text"],
  limits: { usd: "stream", tokens: "stream", turns: "native" },
  providerOptions: [],
  maxPromptBytes: null,
  maxPromptCharacters: null,
};
const poor: ProviderSummary = {
  ...summary,
  provider: "long-agent-name",
  executable: null,
  testedVersion: "2026.11.12",
  enforcedBy: { ...summary.enforcedBy, workspace: "nothing" },
  fork: false,
  attachments: false,
  mcpServers: [],
  output: ["text"],
  limits: { usd: "native", tokens: "end", turns: "native" },
};

function linesAt(columns: number): readonly string[] {
  return formatProviders([summary, poor], { columns, style: unstyled }).split("\n");
}

test("one line a provider, with its headings", () => {
  expect(linesAt(90).slice(0, 4)).toEqual([
    "PROVIDER         HERE  READ-ONLY  WORKSPACE  SESSION   OUTPUT  LIMITS     MCP  FILES",
    "agent            yes   system     rules      fork      native  all        yes  yes",
    "long-agent-name  no    system     nothing    continue  text    usd+turns  no   no",
    "",
  ]);
});

test("where a line has no room, a block a provider", () => {
  expect(linesAt(40).slice(0, 3)).toEqual(["agent", "here: yes", "read-only: system"]);
  expect(linesAt(70).slice(0, 3)).toEqual(["agent", "here       yes", "read-only  system"]);
});

test.each([30, 40, 60, 79, 80, 120])("no line is longer than %i columns", (columns) => {
  expect(Math.max(...linesAt(columns).map((line) => line.length))).toBeLessThanOrEqual(columns);
});

test("without a terminal nothing is broken", () => {
  expect(linesAt(Infinity)).toHaveLength(10);
});
