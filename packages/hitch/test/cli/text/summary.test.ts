import { describe, expect, test } from "vitest";
import type { RunFinish } from "../../../src/cli/failure.ts";
import { unstyled } from "./unstyled.ts";
import { summarize, type SummaryOptions } from "../../../src/cli/text/summary.ts";
import type { ErrorSummary } from "../../../src/vocabulary/events.ts";
import { at } from "../live/events.ts";

const cwd = "/home/me/project";
const session = { provider: "opencode", id: "ses_1", cwd };

function summary(
  result: RunFinish["result"],
  {
    status = "completed",
    error,
    columns = Infinity,
    ...options
  }: Partial<RunFinish> & SummaryOptions & { columns?: number } = {},
): string[] {
  const event = at(0, { type: "run-finish", status, result, ...(error && { error }) }) as RunFinish;
  const text = summarize(event, { style: unstyled, columns }, { cwd, ...options });
  expect(text.endsWith("\n")).toBe(true);
  return text.split("\n").slice(0, -1);
}

test("a run that went well, with everything that is to be told", () => {
  const lines = summary({
    text: "Done.",
    durationMs: 8123,
    turns: 4,
    attempts: [{}, {}] as never,
    warnings: ["one"],
    usage: { inputTokens: 49_200, outputTokens: 1680 },
    cost: { usd: 0.0492, source: "estimated" },
    session,
    changes: {
      source: "git",
      additions: 13,
      deletions: 1,
      files: [
        { path: `${cwd}/src/a.ts`, change: "edit", additions: 1, deletions: 1 },
        { path: `${cwd}/b\u001b[2J.ts`, change: "create", additions: 12, deletions: 0 },
        { path: `${cwd}/d.ts`, from: `${cwd}/c.ts`, change: "move" },
        { path: "/home/me/e.ts", change: "delete" },
      ],
    },
  });
  expect(lines).toEqual([
    "Done.",
    "",
    "✓ completed · 8.1s",
    "  files    4 changed  +13 -1",
    "           src/a.ts  +1 -1",
    "           b.ts  +12 -0  new",
    "           d.ts  moved from c.ts",
    "           /home/me/e.ts  deleted",
    "  work     4 turns, 2 attempts, 1 warning",
    "  tokens   49.2k in, 1.7k out",
    "  cost     ~$0.0492 estimated",
    "  session  hitch run -p opencode --session ses_1 …",
  ]);
});

describe("a run that did not", () => {
  const error: ErrorSummary = { code: "overloaded", message: "Busy.\nVery.", hint: "Wait.", retryable: true };

  test("says why, and what to do", () => {
    expect(summary({ durationMs: 500 }, { status: "failed", error })).toEqual([
      "✗ failed: overloaded · 0.5s",
      "  Busy.",
      "  Very.",
      "  Wait.",
    ]);
  });

  test("or that somebody wanted it so", () => {
    const cancelled = { ...error, code: "cancelled" as const, message: "The run was cancelled." };
    expect(summary({}, { status: "cancelled", error: cancelled })).toEqual(["✗ cancelled", "  The run was cancelled."]);
  });
});

describe("the answer", () => {
  test("is the value, if there is one", () => {
    expect(summary({ output: { a: [1] }, text: "…" }).slice(0, 5)).toEqual(["{", '  "a": [', "    1", "  ]", "}"]);
    expect(summary({ output: null })[0]).toBe("null");
  });

  test("commands no terminal when it is a value, and stays the same value", () => {
    const output = { a: "\u001b[2J\u009b31m\u202e" };
    const lines = summary({ output }).slice(0, 3);
    expect(lines[1]).toBe('  "a": "\\u001b[2J\\u009b31m\\u202e"');
    expect(JSON.parse(lines.join("\n"))).toEqual(output);
  });

  test("is cut when it is long, made harmless, and left out if it stands elsewhere", () => {
    const long = summary({ text: "line\n".repeat(100) });
    expect(long.slice(39, 42)).toEqual(["line", "… 60 more lines", ""]);
    expect(summary({ text: "\u001b[31mred\u001b]0;title\u0007" })[0]).toBe("red");
    expect(summary({ text: "Done." }, { withAnswer: false })).toEqual(["✓ completed"]);
  });
});

describe("files", () => {
  test.each([
    ["none, as Git knows", { source: "git", files: [] }, ["  files    none changed"]],
    [
      "one needs no sum",
      { source: "git", additions: 1, files: [{ path: "a", change: "edit", additions: 1 }] },
      ["  files    a  +1"],
    ],
    ["none, as far as known", { source: "unknown", files: [] }, []],
    [
      "many are cut",
      { source: "unknown", files: Array.from({ length: 25 }, () => ({ path: "a", change: "edit" as const })) },
      ["  files    25 changed", ...Array<string>(20).fill("           a"), "           and 5 more"],
    ],
  ] as const)("%s", (_, changes, lines) => {
    expect(summary({ changes }).slice(1)).toEqual(lines);
  });
});

test("the command to continue is one that can be typed here", () => {
  const elsewhere = { ...session, cwd: "/home/me/my project" };
  expect(summary({ session: elsewhere }).at(-1)).toBe(
    "  session  hitch run -p opencode --session ses_1 -C '/home/me/my project' …",
  );
});

test("a session in a private home is continued there", () => {
  expect(summary({ session, isolation: "clean" }).at(-1)).toBe(
    "  session  hitch run -p opencode --session ses_1 --isolation clean …",
  );
});

describe("a run in a worktree", () => {
  const path = "/home/me/.local/state/hitch/worktrees/0123456789a";
  const files = [{ path: `${cwd}/a.ts`, change: "create" }] as const;
  const told = {
    runId: "0123456789a",
    session: { ...session, cwd: path },
    changes: { source: "git", files, patch: "diff" },
  } as const;

  test("ends with the command that takes over what it changed, and no session: its directory is gone", () => {
    expect(summary({ ...told, workspace: { type: "worktree" } })).toEqual([
      "✓ completed",
      "  files    a.ts  new",
      "  apply    hitch show 0123456789a --patch | git apply",
    ]);
    const changes = { source: "git", files: [], patch: "" } as const;
    expect(summary({ ...told, changes, workspace: { type: "worktree" } })).toHaveLength(2);
  });

  test("that was kept tells where it is, how its changes are taken from there, and how its session goes on there", () => {
    expect(summary({ ...told, workspace: { type: "worktree", base: "abc123", path } }).slice(2)).toEqual([
      `  worktree ${path}`,
      `  apply    git -C ${path} add --all && git -C ${path} diff-index --cached --binary abc123 | git apply`,
      `  session  hitch run -p opencode --session ses_1 -C ${path} …`,
    ]);
  });
});

test("it repeats what the session does not keep: what the agent may do, and the model that was asked for", () => {
  const permissions = { level: "read-only", enforcedBy: "agent-rules" } as const;
  expect(summary({ session, permissions, model: "anthropic/claude-sonnet-4-5" }).at(-1)).toBe(
    "  session  hitch run -p opencode -m anthropic/claude-sonnet-4-5 --session ses_1 --permissions read-only …",
  );
  const usual = { level: "workspace", enforcedBy: "nothing" } as const;
  expect(summary({ session, permissions: usual }).at(-1)).toBe("  session  hitch run -p opencode --session ses_1 …");
});

test("sentences are wrapped at words, the command to continue is not", () => {
  const error = { code: "timeout", message: "The run was not over in time.", hint: "Wait.", retryable: false } as const;
  expect(summary({ session }, { status: "failed", error, columns: 20 })).toEqual([
    "✗ failed: timeout",
    "  The run was not",
    "  over in time.",
    "  Wait.",
    "  session  hitch run -p opencode --session ses_1 …",
  ]);
});

test("a session that was not found is not one to continue", () => {
  const error = { code: "session-not-found", message: "m", hint: "h", retryable: false } as const;
  expect(summary({ session }, { status: "failed", error }).join("\n")).not.toContain("--session");
});
