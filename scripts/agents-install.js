// Installs real agents into the cache that agents-path.js names. Complete or not there at all: a directory appears by a
// rename, so a crash in between or a second installation at the same time does no harm.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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
    installInto(scratch, name, (version) => version);
    moveIntoPlace(scratch, directory);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Installs another version of an agent than the one that the tests have.
 * @param {string} name
 * @param {string} version as npm takes it: `latest`
 * @param {string} directory empty
 */
export function installVersion(name, version, directory) {
  installInto(directory, name, () => version);
}

/**
 * Without a lock file: those of the agents name the platform packages of one platform only. With the machine's Node: under
 * another one npm looks elsewhere for its global configuration, and with it for proxies, certificates and the registry.
 * @param {string} directory
 * @param {string} name
 * @param {(version: string) => string} choose which version instead of the one that agents/NAME/package.json names
 */
function installInto(directory, name, choose) {
  const manifest = JSON.parse(readFileSync(join(root, "agents", name, "package.json"), "utf8"));
  const dependencies = Object.entries(manifest.dependencies).map(([dependency, version]) => [
    dependency,
    choose(version),
  ]);
  const wanted = { ...manifest, dependencies: Object.fromEntries(dependencies) };
  writeFileSync(join(directory, "package.json"), `${JSON.stringify(wanted, undefined, 2)}\n`);
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
