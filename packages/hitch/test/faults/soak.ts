/** Many runs in one host, some at a time, each with something going wrong by chance: nothing may pile up. */
import { spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { listProcesses } from "../support/proc.ts";
import { storyExecutable } from "./scene.ts";

/** What is there after a garbage collection when no run is. */
interface Standing {
  readonly heapMb: number;
  readonly memoryMb: number;
  readonly descriptors: number;
  readonly processes: number;
  readonly files: number;
}

interface Said {
  readonly run?: { readonly wrong?: string };
  readonly before?: Standing;
  readonly after?: Standing;
}

/** What goes wrong in the agent, and how a run of it ends; after its last word some of it comes too late. */
const faults: readonly { does: object[]; expected: string; atEnd: string; timeoutMs?: number }[] = [
  { does: [], expected: "completed", atEnd: "completed" },
  { does: [{ exit: 0 }], expected: "protocol", atEnd: "completed" },
  { does: [{ stderr: "enough\n" }, { exit: 1 }], expected: "agent-error", atEnd: "agent-error" },
  { does: [{ die: "SIGKILL" }], expected: "crashed", atEnd: "crashed" },
  { does: [{ ignoreTerm: true }, { hang: true }], expected: "timeout", atEnd: "completed", timeoutMs: 4_000 },
  { does: [{ background: "exec sleep 600" }], expected: "completed", atEnd: "completed" },
  { does: [{ background: "env -i setsid sleep 600 &" }], expected: "completed", atEnd: "completed" },
  {
    does: [{ repeat: { text: `${"e".repeat(99)}\n`, count: 20_000, to: "stderr" } }],
    expected: "completed",
    atEnd: "completed",
  },
];
const mistakes = ["reads", "aborts", "cancels", "throws in the loop", "leaves the loop", "throws in the listener"];
const atMoments = ["spawn", "mid-text", "mid-tool", "mid-output", "after result"];

/** The most by which memory may be more at the end, when what Node keeps for later has had its time. */
const heapFactor = 1.3;
const memoryFactor = 1.5;

/** Prints what it came to; gives whether all is as it was. */
export async function soak(runs: number, seed: number, root: string, marker: string): Promise<boolean> {
  const startedAt = performance.now();
  const directories = Object.fromEntries(
    ["cwd", "state", "tmp", "stage", "home"].map((name) => [name, join(root, name)]),
  );
  for (const path of [root, ...Object.values(directories)]) mkdirSync(path);
  const { cwd, state, tmp, stage, home } = directories;
  const plan = planRuns(runs, seed, stage ?? "");
  const env = { PATH: process.env.PATH, HOME: home, TMPDIR: tmp, HITCH_STATE_DIR: state, HITCH_TEST_RUN: marker };
  const host = spawn(
    process.execPath,
    [
      "--expose-gc",
      "--disable-warning=ExperimentalWarning",
      fileURLToPath(new URL("../fixtures/hosts/soak-host.js", import.meta.url)),
    ],
    { env, stdio: ["pipe", "pipe", "inherit"] },
  );
  host.stdin.end(
    JSON.stringify({ plan, cwd, executable: storyExecutable, atATime: 8, firstRuns: Math.max(16, runs / 4) }),
  );
  const said: Said[] = [];
  const wrong: string[] = [];
  for await (const line of createInterface({ input: host.stdout })) {
    const one = JSON.parse(line) as Said;
    said.push(one);
    if (one.run?.wrong !== undefined) wrong.push(one.run.wrong);
    if (said.length % 50 === 0) killReaperOf(host.pid ?? 0);
  }
  const before = said.find((one) => one.before)?.before;
  const after = said.find((one) => one.after)?.after;
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  for (const one of wrong) console.log(`✗ soak: ${one}`);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.log(
    `soak: ${runs} runs, seed ${seed}, ${runs - wrong.length} as expected, ${describe(before, after)} (${seconds} s)`,
  );
  return wrong.length === 0 && before !== undefined && after !== undefined && isAsBefore(before, after);
}

/** The same for the same seed. */
function planRuns(runs: number, seed: number, folder: string): object[] {
  const random = randomNumbers(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  return Array.from({ length: runs }, () => {
    const [{ does, expected, atEnd, timeoutMs }, at] = [pick(faults), pick(atMoments)];
    // Who reads a flood may come to an event only when the run is over.
    const isQuiet = expected === "completed" && !does.some((step) => "repeat" in step) && random() < 0.5;
    const consumer = isQuiet ? { does: pick(mistakes), at: pick([1, 3, 5]) } : { does: "reads" };
    const withOutput = at === "mid-output";
    const prompt = JSON.stringify({ folder, at, does, withOutput, paceMs: consumer.does === "reads" ? 0 : 200 });
    const verdict = consumer.does !== "reads" ? "cancelled" : at === "after result" ? atEnd : expected;
    return { prompt, consumer, withOutput, timeoutMs, expected: verdict };
  });
}

function killReaperOf(host: number): void {
  const reaper = listProcesses().find(({ parent, command }) => parent === host && command.includes("reaper."));
  if (reaper) process.kill(reaper.pid, "SIGKILL");
}

function isAsBefore(before: Standing, after: Standing): boolean {
  return (
    after.heapMb < before.heapMb * heapFactor &&
    after.memoryMb < before.memoryMb * memoryFactor &&
    (["descriptors", "processes", "files"] as const).every((what) => after[what] === before[what])
  );
}

function describe(before: Standing | undefined, after: Standing | undefined): string {
  if (!before || !after) return "but it did not come to its end";
  const names = {
    heapMb: "MB of heap",
    memoryMb: "MB of memory",
    descriptors: "descriptors",
    processes: "processes",
    files: "files",
  };
  const parts = Object.entries(names).map(([what, name]) => {
    return `${before[what as keyof Standing]} → ${after[what as keyof Standing]} ${name}`;
  });
  return parts.join(", ");
}

/** Small and good enough for choosing (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
