/** `npm run bench`: what Hitch costs beside the same thing without it, measured in turns on this machine. */
import { benchEvents, eventCount } from "./events.ts";
import { benchImport } from "./import.ts";
import type { Measured } from "./measure.ts";
import { benchRuns } from "./runs.ts";

console.log("Medians. cpu: of the command and all it waited for. first: its first byte on stdout.\n");

show("import (15 times)", await benchImport());
for (const [provider, times] of [
  ["pi", 9],
  ["opencode", 5],
] as const) {
  show(`a run of ${provider} on a scripted model (${times} times)`, await benchRuns(provider, times));
}
const events = await benchEvents();
for (const [name, { stdout }] of Object.entries(events)) {
  if (!stdout.includes(`"count":${eventCount}`)) throw new Error(`${name} lost events: ${stdout}`);
}
show(`${eventCount} events (5 times)`, events);

/** The first is what the others are compared with. */
function show(title: string, all: Readonly<Record<string, Measured>>): void {
  const [base] = Object.values(all);
  console.log(title);
  for (const [name, { wallMs, cpuMs, firstByteMs, stdout }] of Object.entries(all)) {
    const over = (value: number, of: number | undefined): string => `(+${(value - (of ?? 0)).toFixed(0)})`;
    const memory = /"maxRssMb":([\d.]+)/.exec(stdout)?.[1];
    const facts = [
      `wall ${wallMs.toFixed(0)} ms ${over(wallMs, base?.wallMs)}`,
      `cpu ${cpuMs.toFixed(0)} ms ${over(cpuMs, base?.cpuMs)}`,
      ...(Number.isNaN(firstByteMs) ? [] : [`first ${firstByteMs.toFixed(0)} ms`]),
      ...(memory === undefined ? [] : [`host memory ${Number(memory).toFixed(0)} MB`]),
    ];
    console.log(`  ${name.padEnd(7)} ${facts.join(", ")}`);
  }
  console.log();
}
