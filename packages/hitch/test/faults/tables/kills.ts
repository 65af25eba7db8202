/** Somebody is killed, or stands still. */
import { across, row, verdicts, type Row } from "../row.ts";
import * as strikes from "../strikes.ts";

const idle = { timeouts: { startup: 2_000, idle: 2_000, total: 15_000 } };

export const kills: readonly Row[] = [
  ...across("kill -9 of the host", { strike: strikes.killHost, expected: "dead" }),
  // Nobody is left who could clean up: the next start does.
  ...across("kill -9 of the host and the reaper", {
    ...{ strike: strikes.killHostAndReaper, isSweptLater: true, expected: "dead" },
  }),
  ...across(
    "kill -9 of the reaper",
    { strike: strikes.killReaper, expected: "" },
    verdicts("completed", { "during kill": "cancelled" }),
  ),
  ...across(
    "kill -9 of the agent",
    { strike: strikes.killAgent, expected: "" },
    verdicts("crashed", { "during kill": "cancelled" }),
  ),
  // Who has said all and does not go is sent off, and has answered.
  ...across(
    "the agent stands still",
    { strike: strikes.stopAgent, options: idle, expected: "" },
    {
      ...{ spawn: "startup-timeout", "first byte": "idle-timeout", "mid-text": "idle-timeout" },
      ...{
        "mid-tool": "timeout",
        "mid-output": "idle-timeout",
        "after result": "completed",
        "during kill": "cancelled",
      },
    },
  ),
  ...across(
    "the host stands still for a while",
    { strike: strikes.pauseHost, expected: "" },
    verdicts("completed", { "during kill": "cancelled" }),
  ),
  row("kill -9 of the shell tool", "mid-tool", { strike: strikes.killTool, expected: "completed" }),
  row("kill -9 of the tool's server", "mid-output", { strike: strikes.killServer, expected: "invalid-output" }),
  row("kill -9 of the tool's server", "after output", {
    strike: strikes.killServer,
    story: { withOutput: true },
    expected: "completed",
    check: ({ output }) =>
      (output as { answer?: number } | undefined)?.answer === 42 ? undefined : "its value is lost",
  }),
];
