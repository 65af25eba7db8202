// Installs real agents into the cache that agents-path.js names. Complete or not there at all: a directory appears by a
// rename, so a crash in between or a second installation at the same time does no harm.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { agentDirectory } from "./agents-path.js";
import { machineEnvironment, root, StepFailed } from "./repository.js";

/**
 * Installs those that are missing.
 * @param {readonly string[]} names folders in agents/
 */
export function installAgents(names) {
  for (const name of names) if (!existsSync(agentDirectory(name))) installAgent(name);
}

/** @param {string} name */
function installAgent(name) {
  const directory = agentDirectory(name);
  console.error(`Installing ${name} for the tests …`);
  mkdirSync(dirname(directory), { recursive: true });
  const scratch = mkdtempSync(`${directory}.`);
  try {
    installInto(scratch, name);
    moveIntoPlace(scratch, directory);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Without a lock file: those of the agents name the platform packages of one platform only. With the machine's Node: under
 * another one npm looks elsewhere for its global configuration, and with it for proxies, certificates and the registry.
 * @param {string} directory
 * @param {string} name
 */
function installInto(directory, name) {
  copyFileSync(join(root, "agents", name, "package.json"), join(directory, "package.json"));
  const args = ["install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status, error } = spawnSync("npm", args, { cwd: directory, stdio: "inherit", env: machineEnvironment() });
  if (status !== 0) throw new StepFailed(`Installing ${name} failed${error ? `: ${error.message}` : ""}`);
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
