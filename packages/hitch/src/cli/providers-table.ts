/** The table of `hitch providers`: one line a provider where there is room, else a block of lines. */
import stringWidth from "string-width";
import { limitKinds, type LimitKind, type LimitSupport } from "../vocabulary/limits.ts";
import type { EnforcedBy } from "../vocabulary/result.ts";
import type { ProviderSummary } from "./providers-command.ts";
import type { Paper } from "./text/paper.ts";
import { formatFacts } from "./text/rows.ts";
import { wrap } from "./text/wrap.ts";

const columns: Readonly<Record<string, (summary: ProviderSummary) => string>> = {
  PROVIDER: ({ provider }) => provider,
  HERE: ({ executable }) => (executable === null ? "no" : "yes"),
  "READ-ONLY": ({ enforcedBy }) => enforcers[enforcedBy["read-only"]],
  WORKSPACE: ({ enforcedBy }) => enforcers[enforcedBy.workspace],
  SESSION: ({ session, fork }) => (fork ? "fork" : session ? "continue" : "no"),
  OUTPUT: ({ output }) => output[0] ?? "no",
  LIMITS: ({ limits }) => describeLimits(limitKinds.filter((kind) => isKept(limits[kind]))),
  MCP: ({ mcpServers }) => (mcpServers.length > 0 ? "yes" : "no"),
  FILES: ({ attachments }) => (attachments ? "yes" : "no"),
};

const enforcers: Readonly<Record<EnforcedBy, string>> = { os: "system", "agent-rules": "rules", nothing: "nothing" };

const isKept = (support: LimitSupport): boolean => support === "native" || support === "stream";

function describeLimits(kept: readonly LimitKind[]): string {
  return kept.length === limitKinds.length ? "all" : kept.join("+") || "no";
}

const legend = [
  "HERE: found on PATH. How to install it and log in: hitch doctor -p PROVIDER.",
  "READ-ONLY, WORKSPACE: held by the operating system, the agent's rules, or nothing.",
  "SESSION: it can be continued, and forked. OUTPUT: the best way to a typed value.",
  "LIMITS: of dollars, tokens and turns, beside those of time.",
  "All that is known of each: hitch providers --json, docs/providers.md.",
];

const gap = "  ";

/** The lines, each with its newline. */
export function formatProviders(summaries: readonly ProviderSummary[], paper: Paper): string {
  const names = Object.keys(columns);
  const rows = summaries.map((summary) => Object.values(columns).map((describe) => describe(summary)));
  const widths = names.map((name, index) => Math.max(...[name, ...rows.map((row) => row[index] ?? "")].map(widthOf)));
  const width = widths.reduce((sum, each) => sum + each + gap.length, -gap.length);
  const toLine = (row: readonly string[]): string =>
    row
      .map((cell, index) => cell + " ".repeat((widths[index] ?? 0) - widthOf(cell)))
      .join(gap)
      .trimEnd();
  const table =
    width <= paper.columns
      ? [paper.style("bold", toLine(names)), ...rows.map(toLine)].map((line) => `${line}\n`)
      : rows.map((row) => formatBlock(names, row, paper));
  const notes = legend.flatMap((line) => wrap(line, Math.max(paper.columns, 20)));
  return [...table, "\n", ...notes.map((line) => `${paper.style("dim", line)}\n`)].join("");
}

const widthOf = (text: string): number => stringWidth(text);

function formatBlock(names: readonly string[], [provider = "", ...row]: readonly string[], paper: Paper): string {
  const facts = row.map((text, index) => ({ label: (names[index + 1] ?? "").toLowerCase(), text }));
  const labelWidth = Math.max(...facts.map(({ label }) => label.length));
  return `${paper.style("bold", provider)}\n${formatFacts(facts, labelWidth, paper)}`;
}
