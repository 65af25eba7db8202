/** `npm run bench [-- AGENT…]`: what Hitch costs beside the same thing without it, measured in turns on this machine. */
import { loadSubject } from "../packages/hitch/test/conformance/support/subjects.ts";
import { benchEvents, eventCount } from "./events.ts";
import { benchImport } from "./import.ts";
import { median, quantile, type Measured } from "./measure.ts";
import { benchRelay } from "./relay.ts";
import { benchRuns, slowAnswerMs } from "./runs.ts";
import { benchWorktree, fileCount } from "./worktree.ts";

const [...named] = process.argv.slice(2);
const agents = named.length > 0 ? named : ["pi", "opencode", "codex", "claude-code", "gemini"];

console.log(`Medians of all turns; of a difference, the median of the differences within a turn, and between which two values half of
them are.
cpu: of the command and all it waited for. That is not Hitch's reaper, which outlives the host; and an agent's relay only if
the agent waits for its end, so it is measured by itself. first: the first byte on stdout. host memory: of the process that
uses Hitch; a bare command has none.
`);

for (const name of agents) {
  const { all, slow, modelCalls } = await benchRuns(await loadSubject(name), 9);
  const { bare, hitch, schema, again } = all;
  show(`a run of ${name} on a scripted model, calls of the model in each: ${modelCalls}`, { bare, hitch, schema });
  console.log(`  one more run of a host that goes on; cpu of the host alone; the model answers at once`);
  showAgain(again, bare);
  console.log(`  the same with a model that takes ${slowAnswerMs} ms for each answer, as people make calls`);
  showAgain(slow.again, slow.bare);
  console.log();
}
if (named.length === 0) await benchParts();

async function benchParts(): Promise<void> {
  show("import", await benchImport());
  show("the relay, by which an agent reaches the tool that takes the value: one call", await benchRelay(9));
  show(`a worktree of ${fileCount} files, until an agent could start`, await benchWorktree(5));
  const events = await benchEvents();
  for (const [name, all] of Object.entries(events)) {
    const lost = all.find(({ stdout }) => !stdout.includes(`"count":${eventCount}`));
    if (lost) throw new Error(`${name} lost events: ${lost.stdout}`);
  }
  show(`${eventCount} events`, events);
}

function showAgain(again: readonly Measured[], bare: readonly Measured[]): void {
  console.log(`  ${"bare".padEnd(16)} ${describe(bare)}`);
  console.log(`  ${"again".padEnd(16)} ${describe(again)}`);
  console.log(`  ${"again - bare".padEnd(16)} ${describeDifference("wall", again, bare)}`);
}

/** Each by itself, then what each costs over the one before it. */
function show(title: string, all: Readonly<Record<string, readonly Measured[]>>): void {
  const ways = Object.entries(all);
  console.log(`${title} (${ways[0]?.[1].length} times)`);
  for (const [name, measured] of ways) console.log(`  ${name.padEnd(16)} ${describe(measured)}`);
  for (const [index, [name, measured]] of ways.entries()) {
    const [before, base] = ways[index - 1] ?? [];
    if (base === undefined) continue;
    const kinds = (["wall", "cpu"] as const).filter((what) => !Number.isNaN(measured[0]?.[`${what}Ms`]));
    const differences = kinds.map((what) => describeDifference(what, measured, base));
    console.log(`  ${`${name} - ${before}`.padEnd(16)} ${differences.join(", ")}`);
  }
  console.log();
}

function describe(all: readonly Measured[]): string {
  const memoriesMb = all.map(({ stdout }) => Number(/"maxRssMb":([\d.]+)/.exec(stdout)?.[1]));
  const [wallMs, cpuMs, firstByteMs, memoryMb] = [
    median(all.map((one) => one.wallMs)),
    median(all.map((one) => one.cpuMs)),
    median(all.map((one) => one.firstByteMs)),
    median(memoriesMb),
  ];
  return [
    `wall ${wallMs.toFixed(0)} ms`,
    ...(Number.isNaN(cpuMs) ? [] : [`cpu ${cpuMs.toFixed(0)} ms`]),
    ...(Number.isNaN(firstByteMs) ? [] : [`first ${firstByteMs.toFixed(0)} ms`]),
    ...(Number.isNaN(memoryMb) ? [] : [`host memory ${memoryMb.toFixed(0)} MB`]),
  ].join(", ");
}

/** The median of the differences within a turn, with the middle half of them, and of the quotients. */
function describeDifference(what: "wall" | "cpu", all: readonly Measured[], base: readonly Measured[]): string {
  const pick = (one: Measured): number => one[`${what}Ms`];
  const pairs = all.map((one, turn) => [pick(one), pick(base[turn] ?? one)] as const);
  const differences = pairs.map(([own, other]) => own - other);
  const quotient = median(pairs.map(([own, other]) => own / other));
  const [lowest, middle, highest] = [1 / 4, 1 / 2, 3 / 4].map((part) => signed(quantile(differences, part)));
  return `${what} ${middle} ms (${lowest} to ${highest}; × ${quotient.toFixed(3)})`;
}

function signed(valueMs: number): string {
  return `${valueMs < 0 ? "" : "+"}${valueMs.toFixed(0)}`;
}
