/** Plays the rows of all groups, some at a time, and says a line for each group. */
import { join } from "node:path";
import { perform, type Played } from "./perform.ts";
import { survived } from "./report.ts";
import { isPossible } from "./abilities.ts";
import type { Group } from "./tables/index.ts";

/** Rows wait for clocks and for what must not come, more than they compute. */
const atATime = 6;

export async function playAll(groups: readonly Group[], root: string, run: string): Promise<Played[]> {
  const all: Played[] = [];
  let number = 0;
  for (const { name, rows } of groups) {
    const startedAt = performance.now();
    const waiting = rows.filter(isPossible).map((row, index) => ({ row, index }));
    const impossible = rows.length - waiting.length;
    const played: Played[] = [];
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const id = String(number++);
        played[next.index] = await perform(next.row, join(root, id), `${run}/${id}.`);
      }
    };
    await Promise.all(Array.from({ length: atATime }, worker));
    const good = played.filter(survived).length;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    console.log(`${name.padEnd(44)} ${`${good}/${played.length}`.padStart(8)} ${`${seconds} s`.padStart(7)}`);
    if (impossible > 0) console.log(`  not possible on this machine: ${impossible}`);
    for (const row of played) if (!survived(row)) tell(row);
    all.push(...played);
  }
  return all;
}

function tell({ id, expected, actual, lost, left, message }: Played): void {
  console.log(`  ✗ ${id}: expected ${expected}, was ${actual}`);
  for (const line of [...lost, ...left, ...(message ? [message] : [])]) console.log(`      ${line}`);
}
