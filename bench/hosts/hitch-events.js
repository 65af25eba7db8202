// The same through Hitch: pi's provider, its program replaced by one that prints what it is told to.
import { harness } from "hitch";
import { providers } from "hitch/providers";

const [program = "", count = ""] = process.argv.slice(2);
const pi = providers.find(({ id }) => id === "pi");
if (pi === undefined) throw new Error("there is no provider pi");
const provider = { ...pi, command: () => ({ args: [program, count], stdin: "" }) };
const run = harness("Go.", { provider, executable: process.execPath });
let counted = 0;
for await (const event of run) if (event.type === "text-delta") counted += 1;
await run.settled; // The program never says how it ended, so the run has failed; its events are what counts.
console.log(JSON.stringify({ count: counted, maxRssMb: process.resourceUsage().maxRSS / 1024 }));
