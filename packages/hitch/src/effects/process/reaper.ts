// The reaper: a small program, one beside each host that has active runs, in a session of its own. It outlives its
// host just long enough to end what the host has left behind, whatever the host died of. It sees the death as the end
// of its stdin, and a host that is stopped or stuck as silence. Only Node's core and a few files of this folder: it
// starts with the first run.
import { killAll } from "./kill.ts";
import { membersOf } from "./members.ts";
import type { ReaperMessage, Watch } from "./reaper-protocol.ts";
import { removeRun } from "./records.ts";

// A terminal's Ctrl-C and hang-up, and a polite shutdown of everything, reach the host too, which may still need us.
for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"] as const) process.on(signal, () => undefined);

const watched = new Map<string, { watch: Watch; deadline: number }>();
let alarm: NodeJS.Timeout | undefined;
let unread = "";

process.stdin.setEncoding("utf8");
process.stdin.on("data", (text: string) => {
  const lines = (unread + text).split("\n");
  unread = lines.pop() ?? "";
  for (const line of lines) obey(JSON.parse(line) as ReaperMessage);
  // Whatever the host says, it is alive and its event loop turns.
  for (const [runId, { watch }] of watched) watched.set(runId, renewed(watch));
  setAlarm();
});
// A connection reset is an end too: 'close' follows both.
process.stdin.on("error", () => undefined);
process.stdin.on("close", () => {
  clearTimeout(alarm);
  for (const runId of watched.keys()) void reap(runId);
});

function obey(message: ReaperMessage): void {
  switch (message.type) {
    case "watch":
      watched.set(message.watch.mark.runId, renewed(message.watch));
      break;
    case "renew":
      break;
    case "done":
      watched.delete(message.runId);
      break;
  }
}

function renewed(watch: Watch): { watch: Watch; deadline: number } {
  return { watch, deadline: performance.now() + watch.renewWithinMs };
}

function setAlarm(): void {
  clearTimeout(alarm);
  if (watched.size === 0) return;
  const next = Math.min(...[...watched.values()].map(({ deadline }) => deadline));
  alarm = setTimeout(reapOverdue, Math.max(0, next - performance.now()) + 1);
}

function reapOverdue(): void {
  for (const [runId, { deadline }] of watched) if (deadline <= performance.now()) void reap(runId);
  setAlarm();
}

async function reap(runId: string): Promise<void> {
  const watch = watched.get(runId)?.watch;
  watched.delete(runId);
  if (watch === undefined) return;
  try {
    await killAll(membersOf(watch.mark));
    await removeRun(watch.activeDirectory, runId);
  } catch {
    // The other runs must be ended all the same. The record stays, so a later sweep tries again.
  }
}
