/** `npm run bench`: what Hitch costs beside the same thing without it, measured in turns on this machine. */
import { benchEvents, eventCount } from "./events.ts";
import { benchImport } from "./import.ts";
import { median, type Measured } from "./measure.ts";
import { benchRelay } from "./relay.ts";
import { benchRuns, modelCalls } from "./runs.ts";

console.log(`Medians of all turns; of a difference, the median of the differences within a turn.
cpu: of the command and all it waited for. That is not Hitch's reaper, which outlives the host; and an agent's relay only if
the agent waits for its end, so it is measured by itself. first: the first byte on stdout. host memory: of the process that
uses Hitch; a bare command has none.
`);

show("import", await benchImport());
for (const [provider, times] of [
  ["pi", 9],
  ["opencode", 9],
] as const) {
  const { bare, hitch, schema } = await benchRuns(provider, times);
  show(`a run of ${provider} on a scripted model, calls of the model in each: ${modelCalls[provider]}`, {
    bare,
    hitch,
    schema,
  });
}
show("the relay, by which an agent reaches the tool that takes the value: one call", await benchRelay(9));
const events = await benchEvents();
for (const [name, all] of Object.entries(events)) {
  const lost = all.find(({ stdout }) => !stdout.includes(`"count":${eventCount}`));
  if (lost) throw new Error(`${name} lost events: ${lost.stdout}`);
}
show(`${eventCount} events`, events);

/** Each by itself, then what each costs over the one before it. */
function show(title: string, all: Readonly<Record<string, readonly Measured[]>>): void {
  const ways = Object.entries(all);
  console.log(`${title} (${ways[0]?.[1].length} times)`);
  for (const [name, measured] of ways) console.log(`  ${name.padEnd(16)} ${describe(measured)}`);
  for (const [index, [name, measured]] of ways.entries()) {
    const [before, base] = ways[index - 1] ?? [];
    if (base) console.log(`  ${`${name} - ${before}`.padEnd(16)} ${describeDifference(measured, base)}`);
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
    `cpu ${cpuMs.toFixed(0)} ms`,
    ...(Number.isNaN(firstByteMs) ? [] : [`first ${firstByteMs.toFixed(0)} ms`]),
    ...(Number.isNaN(memoryMb) ? [] : [`host memory ${memoryMb.toFixed(0)} MB`]),
  ].join(", ");
}

function describeDifference(all: readonly Measured[], base: readonly Measured[]): string {
  const difference = (pick: (one: Measured) => number): string => {
    const valueMs = median(all.map((one, turn) => pick(one) - pick(base[turn] ?? one)));
    return `${valueMs < 0 ? "" : "+"}${valueMs.toFixed(0)} ms`;
  };
  return `wall ${difference(({ wallMs }) => wallMs)}, cpu ${difference(({ cpuMs }) => cpuMs)}`;
}
