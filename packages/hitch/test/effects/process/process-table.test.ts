import { describe, expect, test } from "vitest";
import { parseStat } from "../../../src/effects/process/proc.ts";
import { parsePs } from "../../../src/effects/process/ps.ts";

const stat = (name: string, state = "S", threads = 1): string =>
  `4711 (${name}) ${state} 17 4710 4709 0 -1 4194304 96 0 0 0 1 2 3 4 20 0 ${threads} 0 987654 2703360 231`;

describe("a line of /proc/PID/stat", () => {
  test.each(["sh", "a b", "x) Z 1 (y", ") R 1 2 3", ""])("is read with the process name %j", (name) => {
    expect(parseStat(stat(name))).toMatchObject({
      pid: 4711,
      parentPid: 17,
      groupId: 4710,
      sessionId: 4709,
      startTime: 987654,
      zombie: false,
    });
  });

  test.each([
    ["Z", 1, true],
    ["X", 0, true],
    ["Z", 3, false], // the main thread has ended, the others run on
    ["T", 1, false],
    ["D", 1, false],
  ])("in state %s with %i threads: dead is %s", (state, threads, zombie) => {
    expect(parseStat(stat("sh", state, threads)).zombie).toBe(zombie);
  });
});

describe("the output of ps on macOS", () => {
  const rows = [
    "  501     1   501 Ss   Sun Nov  1 09:05:59 2026     /usr/sbin/thing -d",
    "48213 48200 48213 S+   Sun Nov 22 10:36:45 2026     node agent.js -f PATH=/bin HITCH_RUN=aaaaaaaaaaa/bbbbbbbbbbb",
    "48214 48213 48213 Z    Sun Nov 22 10:36:46 2026     (sh)",
    "not a row",
    "",
  ];

  test("is read row by row", () => {
    const read = parsePs(rows.join("\n")).map((entry) => ({
      ids: [entry.pid, entry.parentPid, entry.groupId],
      zombie: entry.zombie,
      runIds: entry.runIds(),
      command: entry.command(),
      startedAt: new Date(entry.startTime).toDateString(),
    }));
    expect(read).toEqual([
      { ids: [501, 1, 501], zombie: false, runIds: [], command: "/usr/sbin/thing -d", startedAt: "Sun Nov 01 2026" },
      {
        ids: [48213, 48200, 48213],
        zombie: false,
        runIds: ["aaaaaaaaaaa", "bbbbbbbbbbb"],
        command: "node agent.js -f",
        startedAt: "Sun Nov 22 2026",
      },
      { ids: [48214, 48213, 48213], zombie: true, runIds: [], command: "(sh)", startedAt: "Sun Nov 22 2026" },
    ]);
  });
});
