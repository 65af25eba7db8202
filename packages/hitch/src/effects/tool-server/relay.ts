// The MCP server that an agent starts for the caller's schema. It only connects the agent's pipes with the run, which
// speaks the protocol: the run knows the schema and judges the values. It ends with either of them.
import { connect } from "node:net";
import { basename, dirname } from "node:path";

const path = process.argv[2] ?? "";
// A socket's path may have no more than 107 bytes; its name is always short enough.
process.chdir(dirname(path));
const run = connect(basename(path));
process.stdin.pipe(run).pipe(process.stdout);
run.on("error", (error) => {
  process.stderr.write(`hitch: the run cannot be reached: ${error.message}\n`);
  process.exitCode = 1;
});
run.on("close", () => process.exit());
// The agent went away while something was written to it.
process.stdout.on("error", () => process.exit());
