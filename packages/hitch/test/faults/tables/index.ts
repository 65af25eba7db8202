/** The whole table, by kind of fault. */
import type { Row } from "../row.ts";
import { bytes } from "./bytes.ts";
import { clocks } from "./clocks.ts";
import { consumers } from "./consumers.ts";
import { disks } from "./disks.ts";
import { exits } from "./exits.ts";
import { formats } from "./formats.ts";
import { kills } from "./kills.ts";
import { namesAndNumbers } from "./names.ts";
import { places } from "./places.ts";
import { starts } from "./starts.ts";

export interface Group {
  readonly name: string;
  readonly rows: readonly Row[];
}

export const allGroups: readonly Group[] = [
  { name: "somebody is killed or stands still", rows: kills },
  { name: "the same, in a worktree or a sandbox", rows: places },
  { name: "something is missing at the start", rows: starts },
  { name: "the agent ends, hangs or leaves something", rows: exits },
  { name: "the agent prints something else", rows: bytes },
  { name: "agents' own formats break off", rows: formats },
  { name: "the machine has no more", rows: disks },
  { name: "the clock jumps", rows: clocks },
  { name: "the caller makes a mistake", rows: consumers },
  { name: "odd names, and many at once", rows: namesAndNumbers },
];

/** Every second fault, each once, each at another moment. */
export function shortGroups(): Group[] {
  let turn = 0;
  return allGroups.map(({ name, rows }) => {
    const usual = rows.filter(({ isLong }) => isLong !== true);
    const faults = Object.values(Object.groupBy(usual, ({ fault }) => fault)).filter((_, index) => index % 2 === 0);
    return { name, rows: faults.flatMap((same = []) => same.slice(turn % same.length, (turn++ % same.length) + 1)) };
  });
}
