import stringWidth from "string-width";
import { expect, test } from "vitest";
import { unstyled } from "./text/unstyled.ts";
import { formatRuns } from "../../src/cli/runs-table.ts";
import type { StoredRun } from "../../src/run/history/stored-run.ts";

const nowMs = Date.parse("2026-03-01T12:00:00Z");
const place = { columns: Infinity, style: unstyled, nowMs, home: "/home/me" };

const runs: readonly StoredRun[] = [
  {
    runId: "3f2a9c01b7e",
    status: "completed",
    provider: "opencode",
    model: "openai/gpt-5.5",
    startedAt: "2026-03-01T11:57:00Z",
    durationMs: 65_000,
    cost: { usd: 0.0123, source: "reported" },
    cwd: "/home/me/project",
    title: "Fix the failing test in the parser, and then the one in the printer",
    journal: true,
  },
  { runId: "00000000001", status: "running", startedAt: "2026-03-01T11:59:18Z", cwd: "/srv/app", journal: false },
  {
    runId: "00000000002",
    status: "lost",
    code: "lost",
    provider: "pi",
    cwd: "/home/me/日本語/日本語/日本語/日本語/日本語/日本語/日本語",
    title: "日本語の説明を書いてください。".repeat(4) + "\u001b[2J\u202eend",
    journal: true,
  },
];

test("without a terminal a run is one line, and nothing is cut", () => {
  const lines = formatRuns(runs.slice(0, 2), place);
  expect(lines).toEqual([
    "RUN          STATUS     AGENT                    STARTED  TOOK   COST     DIRECTORY  PROMPT",
    "3f2a9c01b7e  completed  opencode openai/gpt-5.5  3m ago   1m05s  $0.0123  ~/project  Fix the failing test in the parser, and then the one in the printer",
    "00000000001  running    -                        42s ago  42s    -        /srv/app",
  ]);
});

test("80 columns: two lines a run", () => {
  expect(formatRuns(runs.slice(0, 2), { ...place, columns: 80 })).toEqual([
    "3f2a9c01b7e  completed  3m ago   1m05s  $0.0123  opencode openai/gpt-5.5",
    "  ~/project  Fix the failing test in the parser, and then the one in the printer",
    "00000000001  running    42s ago  42s    -        -",
    "  /srv/app",
  ]);
});

test("40 columns: up to four lines a run", () => {
  expect(formatRuns(runs.slice(0, 2), { ...place, columns: 40 })).toEqual([
    "3f2a9c01b7e  completed  3m ago",
    "  opencode openai/gpt…  1m05s  $0.0123",
    "  ~/project",
    "  Fix the failing test in the parser, a…",
    "00000000001  running    42s ago",
    "  -                     42s    -",
    "  /srv/app",
  ]);
});

test.each([10, 25, 39, 40, 65, 66, 80, 129, 130, 200])("nothing is wider than %i columns", (columns) => {
  for (const line of formatRuns(runs, { ...place, columns })) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
});

test("nothing commands the terminal", () => {
  // eslint-disable-next-line no-control-regex
  expect(formatRuns(runs, place).join("")).not.toMatch(/[\u0000-\u001f\u202e]/);
});

test("only the status has a colour", () => {
  const style = (look: string, text: string): string => `<${look}>${text}</${look}>`;
  const lines = formatRuns(runs, { ...place, style });
  expect(lines[0]).toMatch(/^<bold>RUN .*<\/bold>$/);
  expect(lines[1]).toContain("3f2a9c01b7e  <green>completed</green>  opencode");
  expect(lines[3]).toContain("00000000002  <red>lost</red>       pi");
});
