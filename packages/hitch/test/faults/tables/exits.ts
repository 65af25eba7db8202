/** The agent ends, hangs or leaves something, by itself. */
import { across, type Row } from "../row.ts";

const short = { timeouts: { total: 4_000 } };
const untilResult = ["spawn", "first byte", "mid-text", "mid-tool", "mid-output", "after result"] as const;
const fails = (code: string, atEnd: string): Record<string, string> =>
  Object.fromEntries(untilResult.map((moment) => [moment, moment === "after result" ? atEnd : code]));

export const exits: readonly Row[] = [
  ...across("exit 0", { does: [{ exit: 0 }], expected: "" }, fails("protocol", "completed")),
  ...across("exit 1 without a word", { does: [{ exit: 1 }], expected: "" }, fails("crashed", "crashed")),
  ...across(
    "exit 1 with a reason",
    { does: [{ stderr: "no more memory\n" }, { exit: 1 }], expected: "" },
    fails("agent-error", "agent-error"),
  ),
  ...across("SIGSEGV", { does: [{ die: "SIGSEGV" }], expected: "" }, fails("crashed", "crashed")),
  ...across("it hangs", { does: [{ hang: true }], options: short, expected: "" }, fails("timeout", "completed")),
  ...across(
    "it hangs and ignores SIGTERM",
    { does: [{ ignoreTerm: true }, { hang: true }], options: short, expected: "" },
    fails("timeout", "completed"),
  ),
  ...across(
    "it closes stdout and hangs",
    { does: [{ closeStdout: true }, { hang: true }], options: short, expected: "" },
    fails("timeout", "completed"),
  ),
  ...across(
    "a process of it holds stdout",
    { does: [{ background: "exec sleep 600" }], expected: "" },
    fails("completed", "completed"),
  ),
  ...across(
    "a process of it goes on printing, in a session of its own",
    { does: [{ background: "trap '' TERM PIPE; while :; do echo noise; sleep 0.05; done" }], expected: "completed" },
    ["mid-text", "mid-tool", "mid-output", "after result"],
  ),
  ...across(
    "a process of it leaves environment, group and parent",
    { does: [{ background: "env -i setsid sh -c 'exec sleep 600' '$FOLDER' &" }], expected: "" },
    fails("completed", "completed"),
  ),
  ...across(
    "a fork storm of 200",
    {
      does: [{ background: "for i in $(seq 200); do sleep 600 & done; wait" }],
      expected: "",
    },
    { "mid-text": "completed", "after result": "completed" },
  ),
];
