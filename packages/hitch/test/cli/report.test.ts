import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { openOutput, type Output } from "../../src/cli/output.ts";
import { showEvent, writeAnswer } from "../../src/cli/report.ts";
import type { RunFinish } from "../../src/cli/failure.ts";
import type { AgentEvent, HitchEvent, RunEvent } from "../../src/vocabulary/events.ts";

/** What is written where for this event. */
async function show(event: AgentEvent | RunEvent, json = false): Promise<{ stdout: string; stderr: string }> {
  const written = { stdout: "", stderr: "" };
  const open = (name: "stdout" | "stderr"): ReturnType<typeof openOutput> => {
    const sink = new Writable({
      write(chunk, _encoding, done) {
        written[name] += String(chunk);
        done();
      },
    });
    return openOutput(Object.assign(sink, { fd: -1 }), () => undefined);
  };
  const redact = (text: string): string => text.replaceAll("secret", "[redacted]");
  const shown: HitchEvent = { runId: "r", attempt: 1, seq: 0, time: "2030-01-01T00:00:00.000Z", ...event };
  await showEvent({ json, stdout: open("stdout"), stderr: open("stderr"), redact }, shown);
  return written;
}

describe("stdout gets the answer", () => {
  test.each([
    [{ text: "Done." }, "Done.\n"],
    [{ text: "Done.\n" }, "Done.\n"],
    [{ text: "" }, ""],
    [{}, ""],
    [{ text: "a secret" }, "a secret\n"],
    [{ text: "…", output: { bugs: [{ line: 1, why: "a secret" }] } }, '{"bugs":[{"line":1,"why":"a secret"}]}\n'],
    [{ text: "…", output: null }, "null\n"],
    [{ text: "…", output: "a\nb" }, '"a\\nb"\n'],
  ])("of %j: %j", async (result, stdout) => {
    expect(await show({ type: "run-finish", status: "completed", result })).toEqual({ stdout, stderr: "" });
  });

  test("but not of a run that failed, whose error goes to stderr", async () => {
    const error = { code: "overloaded", message: "Busy, secret.", hint: "Wait.", retryable: true } as const;
    expect(await show({ type: "run-finish", status: "failed", result: { text: "Half" }, error })).toEqual({
      stdout: "",
      stderr: "hitch: overloaded: Busy, [redacted].\n  Wait.\n",
    });
  });
});

test.each<[AgentEvent | RunEvent, string]>([
  [{ type: "warning", message: "one\ntwo" }, "hitch: warning: one\n  two\n"],
  [{ type: "permission", message: "not bash" }, "hitch: refused: not bash\n"],
  [{ type: "retry", reason: "busy", delayMs: 1500 }, "hitch: trying again in 1.5s: busy\n"],
  [{ type: "fallback", from: "a", to: "b", reason: "no quota" }, "hitch: going on with b instead of a: no quota\n"],
  [{ type: "text", id: "a", text: "Let me look." }, ""],
])("stderr tells what people should know: %j", async (event, stderr) => {
  expect(await show(event)).toEqual({ stdout: "", stderr });
});

test("as JSON every event is a line on stdout, redacted", async () => {
  const { stdout, stderr } = await show({ type: "warning", message: "a secret" }, true);
  expect(stderr).toBe("");
  expect(stdout.endsWith("\n")).toBe(true);
  expect(JSON.parse(stdout)).toMatchObject({ type: "warning", message: "a [redacted]" });
});

describe("an answer that would command a terminal", () => {
  const hostile = "\u001b[2J\u001b[31mred\u001b]0;title\u0007 \u202Eback\u009b1m";

  test.each([
    [{ text: hostile }, "red back\n", `${hostile}\n`],
    [
      { output: [hostile] },
      '[\n  "\\u001b[2J\\u001b[31mred\\u001b]0;title\\u0007 \\u202eback\\u009b1m"\n]\n',
      `${JSON.stringify([hostile])}\n`,
    ],
  ])("is harmless on one, and untouched in a pipe: %j", async (result, onTerminal, inPipe) => {
    expect(await answerOn(true, result)).toBe(onTerminal);
    expect(await answerOn(false, result)).toBe(inPipe);
  });
});

async function answerOn(isTerminal: boolean, result: RunFinish["result"]): Promise<string> {
  let written = "";
  const stdout: Output = {
    isTerminal,
    paper: { columns: 80, style: (_look, text) => text },
    failure: undefined,
    write: (text) => Promise.resolve(void (written += text)),
    flushed: () => Promise.resolve(),
  };
  const at = { runId: "r", attempt: 0, seq: 0, time: "2030-01-01T00:00:00.000Z" } as const;
  await writeAnswer(stdout, { ...at, type: "run-finish", status: "completed", result });
  return written;
}
