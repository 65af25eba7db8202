// What one writes without Hitch: start the agent, split its output into lines, parse them.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const agent = spawn(process.execPath, process.argv.slice(2), { stdio: ["ignore", "pipe", "inherit"] });
let count = 0;
for await (const line of createInterface({ input: agent.stdout })) {
  /** @type {unknown} */
  const event = JSON.parse(line);
  if (typeof event === "object" && event && "type" in event && event.type === "message_update") count += 1;
}
console.log(JSON.stringify({ count, maxRssMb: process.resourceUsage().maxRSS / 1024 }));
