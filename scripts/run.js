// `node scripts/run.js AGENT,… FILE [ARG…]`: sets the clone up with these agents (`-`: none) and runs a file with the
// repository's Node, the agents on the PATH.
import { spawnSync } from "node:child_process";
import { agentsBin } from "./agents-path.js";
import { nodeBinary, runScript, StepFailed, toolchainEnvironment } from "./repository.js";
import { setUp } from "./setup.js";

runScript(() => {
  const [agents = "", file = "", ...args] = process.argv.slice(2);
  setUp({ build: true, agents: agents === "-" ? [] : agents.split(",") });
  const env = { ...toolchainEnvironment(agentsBin()), HITCH_AGENTS_BIN: agentsBin() };
  const { status, signal, error } = spawnSync(nodeBinary, [file, ...args], { stdio: "inherit", env });
  if (error) throw new StepFailed(`${file} could not be run: ${error.message}`);
  process.exitCode = status ?? 1;
  if (signal) console.error(`✗ ${file} was ended by ${signal}`);
});
