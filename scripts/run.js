// `node scripts/run.js FILE [ARG…]`: sets the clone up and runs a file with the repository's Node, the agents on the PATH.
import { spawnSync } from "node:child_process";
import { agentsBin } from "./agents-path.js";
import { nodeBinary, runScript, StepFailed, toolchainEnvironment } from "./repository.js";
import { setUp } from "./setup.js";

runScript(() => {
  setUp({ build: true, agents: true });
  const env = { ...toolchainEnvironment(agentsBin()), HITCH_AGENTS_BIN: agentsBin() };
  const { status, signal, error } = spawnSync(nodeBinary, process.argv.slice(2), { stdio: "inherit", env });
  if (error) throw new StepFailed(`${process.argv[2]} could not be run: ${error.message}`);
  process.exitCode = status ?? 1;
  if (signal) console.error(`✗ ${process.argv[2]} was ended by ${signal}`);
});
