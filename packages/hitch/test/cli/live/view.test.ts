import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { HitchEvent } from "../../../src/vocabulary/events.ts";
import { listProcesses } from "../../support/proc.ts";
import { temporaryDirectory } from "../../support/start.ts";
import { ended, eventually, isAlive, makeUser, untilStarted, type User } from "../command.ts";
import { called, returned, started, stepFinished } from "./events.ts";
import { openScreen } from "./screen.ts";
import { startHitchInTerminal, startView, type Scene, type TerminalOptions } from "./terminal.ts";
import { signalProcess } from "../../support/signal.ts";

const finished: Scene = { type: "run-finish", status: "completed", result: { text: "It adds them now.", turns: 2 } };
const story: readonly Scene[] = [
  started,
  { type: "attempt-start", provider: "opencode", command: ["opencode"] },
  { type: "text", id: "a", text: "Let me look." },
  250,
  called("1", "execute", { command: "npm test -- and a rather long list of arguments 語語語語語" }),
  1200,
  returned("1", true, "exit code 1"),
  stepFinished,
  { type: "warning", message: "odd" },
  { type: "text", id: "b", text: "It adds them now." },
  250,
  stepFinished,
  finished,
];

/** What the terminal shows in the end, everything that was written to it, and how the command ended. */
async function watch(
  scenes: readonly Scene[],
  options: TerminalOptions = {},
): Promise<{ text: readonly string[]; bytes: string; code: number | null }> {
  const { stdout: bytes, code } = await ended(startView(scenes, options));
  const screen = openScreen(options.columns || 80);
  screen.write(bytes);
  return { text: screen.text, bytes, code };
}

const summary = ["✓ completed", "  work     2 turns"];

describe("on a terminal", () => {
  test("what is over stays, the answer comes once, and the summary last", async () => {
    const { text, bytes, code } = await watch(story);
    expect(text).toEqual([
      "opencode · anthropic/claude-sonnet-4-5 · workspace, enforced by agent-rules",
      "Let me look.",
      expect.stringMatching(/^✗ execute npm test -- and a rather long list of arguments 語+ {2}\d+(\.\d)?s$/) as string,
      "  exit code 1",
      "! odd",
      "",
      "It adds them now.",
      "",
      ...summary,
    ]);
    expect(code).toBe(0);
    expect(bytes).toMatch(/⠋|⠙|⠹|⠸/);
    expect(bytes).toContain("\u001b[31m✗");
    expect(bytes).not.toContain("\u001b[?25l");
  });

  test.each([40, 12])("%i columns: live lines are cut, messages are wrapped", async (columns) => {
    const { text } = await watch(story, { columns });
    expect(text.filter((line) => line.includes("✗"))).toHaveLength(1);
    expect(text.join("")).toContain("It adds them now.");
    expect(text.join("\n")).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
    expect(text[0]).toMatch(/^opencode.*…$/);
  });

  test("a terminal that nobody gave a size, and one of two rows, are no trouble", async () => {
    expect((await watch(story, { columns: 0, rows: 0 })).text.slice(-2)).toEqual(summary);
    expect((await watch(story, { rows: 2 })).text.slice(-2)).toEqual(summary);
  });

  test("NO_COLOR takes the colours away, and nothing else", async () => {
    const { text, bytes } = await watch(story, { env: { NO_COLOR: "1" } });
    // eslint-disable-next-line no-control-regex -- the escape character is what they begin with
    expect(bytes).not.toMatch(/\u001b\[[\d;]*m/);
    expect(text.slice(-2)).toEqual(summary);
  });

  test("an answer that goes elsewhere is shown here too", async () => {
    const path = join(temporaryDirectory(), "answer");
    const { text } = await watch(story, { redirection: `> ${path}` });
    expect(text.slice(-5)).toEqual(["! odd", "It adds them now.", "", ...summary]);
    expect(readFileSync(path, "utf8")).toBe("It adds them now.\n");
  });

  test("what the agent says and messages are wrapped at words", async () => {
    const { text } = await watch(
      [
        started,
        { type: "warning", message: "the agent is older than the one that was tried" },
        { type: "text", id: "a", text: "Let me look at the parser and then at the printer." },
        called("1", "read", {}),
        returned("1"),
        { type: "run-finish", status: "completed", result: { text: "" } },
      ],
      { columns: 30 },
    );
    expect(text.slice(1, 5)).toEqual([
      "! the agent is older than the",
      "  one that was tried",
      "Let me look at the parser and",
      "then at the printer.",
    ]);
  });

  test("a value is JSON that people can read, once", async () => {
    const result = { output: { bugs: [] }, text: '{"bugs":[]}' };
    const { text } = await watch([
      started,
      { type: "text", id: "a", text: result.text },
      { type: "output", via: "text", valid: true, issues: [] },
      { type: "run-finish", status: "completed", result },
    ]);
    expect(text.slice(1)).toEqual(["✓ output  accepted (text)", "", "{", '  "bugs": []', "}", "", "✓ completed"]);
  });

  test("a failure is told in the summary, with what was said before", async () => {
    const error = { code: "overloaded", message: "Busy.", hint: "Wait.", retryable: true } as const;
    const { text, code } = await watch([
      started,
      { type: "text", id: "a", text: "Let me" },
      { type: "run-finish", status: "failed", result: { text: "Let me" }, error },
    ]);
    expect(text.slice(1)).toEqual(["Let me", "", "✗ failed: overloaded", "  Busy.", "  Wait."]);
    expect(code).toBe(4);
  });

  test("redraws are few, however much happens", async () => {
    const much = Array.from({ length: 1000 }, (_, index): Scene => ({
      type: "text-delta",
      id: "a",
      text: `${index} `,
    }));
    const { bytes } = await watch([started, ...much, finished]);
    expect(bytes.split("\u001b[?2026h").length).toBeLessThan(200);
    expect(bytes).toContain("It adds them now.");
  });
});

describe("elsewhere there are plain lines", () => {
  test("on a dumb terminal", async () => {
    const { stdout } = await ended(startView(story, { env: { TERM: "dumb" } }));
    expect(stdout).toBe("hitch: warning: odd\nIt adds them now.\n");
  });

  test("in a pipe", async () => {
    const { stdout } = await ended(startView(story, { redirection: "2>&1 | cat" }));
    expect(stdout).toBe("hitch: warning: odd\nIt adds them now.\n");
  });
});

describe("the real command in a terminal", () => {
  const args = ["run", "Why?", "--permissions", "unrestricted"];

  test("shows a run from its beginning to the command that continues it", async () => {
    const user = makeUser({ answer: "It was the cache." });
    const { stdout, code } = await ended(startHitchInTerminal(args, { cwd: user.directory, env: user.env }));
    const screen = openScreen(80);
    screen.write(stdout);
    expect(code).toBe(0);
    expect(screen.text.slice(0, 4)).toEqual([
      "pi · unrestricted, enforced by agent-rules",
      "",
      "It was the cache.",
      "",
    ]);
    expect(screen.text[4]).toMatch(/^✓ completed · \d/);
    expect(screen.text.at(-1)).toBe("  session  hitch run -p pi --session 0123-abcd --permissions unrestricted …");
  });

  test("Ctrl-C ends the live lines with the run, and the terminal is as it was", async () => {
    const user = makeUser({ hang: true });
    const child = startHitchInTerminal(args, { cwd: user.directory, env: user.env });
    const result = ended(child);
    const { pid } = await untilStarted(user);
    child.stdin?.write("\u0003");
    const { stdout, code } = await result;
    expect(code).toBe(130);
    expect(isAlive(pid)).toBe(false);
    expect(stdout).toContain("✗ cancelled");
    expect(stdout).not.toContain("\u001b[?25l");
    expect(stdout.slice(stdout.lastIndexOf("✗ cancelled"))).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
  });

  test("a second Ctrl-C ends the command at once, and the live lines with it", async () => {
    const user = makeUser({ hang: true, ignoreTerm: true });
    const child = startHitchInTerminal(args, { cwd: user.directory, env: user.env });
    let shown = "";
    child.stdout?.on("data", (bytes: Buffer) => (shown += String(bytes)));
    const result = ended(child);
    const { pid } = await untilStarted(user);
    child.stdin?.write("\u0003");
    await eventually(() => shown.includes("ending it; Ctrl-C again: at once"));
    await sleep(300); // Two within a moment count as one.
    child.stdin?.write("\u0003");
    const { stdout, code } = await result;
    expect(code).toBe(130);
    const afterLastFrame = stdout.slice(stdout.lastIndexOf("\u001b[J"));
    expect(afterLastFrame).toContain("✗ cancelled");
    expect(afterLastFrame).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
    expect(stdout).not.toContain("\u001b[?25l");
    await eventually(() => !isAlive(pid));
  });

  test("a terminal that has stopped stops neither the run nor its end", async () => {
    const count = 300;
    const user = makeUser({ count, answer: "語".repeat(2000), hang: true });
    const child = startHitchInTerminal(args, { cwd: user.directory, env: user.env });
    const { pid } = await untilStarted(user);
    // Nobody reads: the pseudo terminal is full long before the agent is through.
    await eventually(() => countOf("text", user) === count);
    const host = listProcesses().find((record) => record.pid === pid)?.parent;
    signalProcess(host, "SIGTERM");
    await eventually(() => !isAlive(pid));
    const { stdout, code } = await ended(child);
    expect(code).toBe(143);
    expect(stdout).toContain("✗ cancelled");
  });
});

/** How many events of a type the journal of the user's only run has. */
function countOf(type: HitchEvent["type"], user: User): number {
  const runs = join(user.directory, "state", "runs");
  const journals = readdirSync(runs).map((runId) => readFileSync(join(runs, runId, "events.jsonl"), "utf8"));
  return journals.join("").split(`"type":"${type}",`).length - 1;
}
