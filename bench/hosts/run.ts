// One run, as an application makes it: says `event` at the agent's first event, and at the end how much memory it took.
import { harness } from "hitch";
import { z } from "zod";

const { provider, model, withSchema } = JSON.parse(process.argv[2] ?? "{}") as Record<string, string | boolean>;
const schema = withSchema ? z.object({ answer: z.string() }) : undefined;
const run = harness("What is the answer?", { provider: String(provider), model: String(model), schema, journal: true });
let heard = false;
for await (const event of run) {
  if (heard || event.attempt === 0 || event.type === "attempt-start") continue;
  heard = true;
  console.log("event");
}
await run;
console.log(JSON.stringify({ maxRssMb: process.resourceUsage().maxRSS / 1024 }));
