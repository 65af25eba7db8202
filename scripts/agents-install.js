// Installs the real agents into the cache that agents-path.js names. Complete or not there at all: the directory appears
// by a rename, so a crash in between or a second installation at the same time does no harm.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { agentsDirectory } from "./agents-path.js";
import { machineEnvironment, root, StepFailed } from "./repository.js";

/** Installs what is missing; returns the directory and prints it. */
export function installAgents() {
  const directory = agentsDirectory();
  if (!existsSync(directory)) {
    console.error("Installing the agents for the tests …");
    mkdirSync(dirname(directory), { recursive: true });
    const scratch = mkdtempSync(`${directory}.`);
    try {
      installInto(scratch);
      moveIntoPlace(scratch, directory);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  console.error(`Agents: ${directory}`);
  return directory;
}

/**
 * Without a lock file: those of the agents name the platform packages of one platform only. With the machine's Node: under
 * another one npm looks elsewhere for its global configuration, and with it for proxies, certificates and the registry.
 * @param {string} directory
 */
function installInto(directory) {
  copyFileSync(join(root, "agents", "package.json"), join(directory, "package.json"));
  const args = ["install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status, error } = spawnSync("npm", args, { cwd: directory, stdio: "inherit", env: machineEnvironment() });
  if (status !== 0) throw new StepFailed(`Installing the agents failed${error ? `: ${error.message}` : ""}`);
}

/**
 * @param {string} scratch
 * @param {string} directory
 */
function moveIntoPlace(scratch, directory) {
  try {
    renameSync(scratch, directory);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // Another installation came first: its result is as good as ours.
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
  }
}
