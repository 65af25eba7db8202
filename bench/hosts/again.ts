// One run for each line on stdin: says what it took of this process.
import { createInterface } from "node:readline";
import { harness } from "hitch";

const { withSchema: _, ...options } = JSON.parse(process.argv[2] ?? "{}") as Record<string, string>;
for await (const _ of createInterface({ input: process.stdin })) {
  const before = process.cpuUsage();
  const startedAtMs = performance.now();
  let firstByteMs = Number.NaN;
  const run = harness("What is the answer?", options);
  for await (const event of run) {
    const isAgents = event.attempt > 0 && event.type !== "attempt-start";
    if (isAgents && Number.isNaN(firstByteMs)) firstByteMs = performance.now() - startedAtMs;
  }
  await run;
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ wallMs: performance.now() - startedAtMs, cpuMs: (user + system) / 1000, firstByteMs }));
}
