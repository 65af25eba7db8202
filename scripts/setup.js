// `node scripts/setup.js [--build] [--agents]`: makes a fresh clone ready, and is quick when there is nothing to do. The agents
// are all those that have a folder in agents/.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { installAgents } from "./agents-install.js";
import { agentNames } from "./agents-path.js";
import { buildIfStale } from "./build.js";
import { machineEnvironment, nodeBinary, root, runScript, StepFailed } from "./repository.js";

/**
 * Installs the dependencies if they are missing or not those of the lock file, then does what is asked for.
 * @param {{ build?: boolean, agents?: readonly string[] }} [needed]
 */
export function setUp({ build = false, agents = [] } = {}) {
  if (!isInstalled()) installDependencies();
  if (build) buildIfStale();
  installAgents(agents);
}

/**
 * npm notes what it has installed in node_modules/.package-lock.json, as the last thing it does. Comparing contents
 * instead of file times is right after a checkout in either direction.
 */
function isInstalled() {
  const installed = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(nodeBinary) || !existsSync(installed)) return false;
  const wanted = Object.entries(readPackages(join(root, "package-lock.json")));
  const present = readPackages(installed);
  return wanted.every(([path, { version, integrity, optional, dependencies, devDependencies }]) => {
    const found = present[path];
    if (path === "") return true;
    if (!found) return optional === true;
    const same = found.version === version && found.integrity === integrity;
    return same && isDeepEqual([found.dependencies, found.devDependencies], [dependencies, devDependencies]);
  });
}

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, dependencies?: object, devDependencies?: object }} LockedPackage
 * @param {string} path of a lock file
 * @returns {Record<string, LockedPackage>}
 */
function readPackages(path) {
  return JSON.parse(readFileSync(path, "utf8")).packages;
}

/**
 * @param {unknown} left
 * @param {unknown} right
 */
function isDeepEqual(left, right) {
  return JSON.stringify(left) === JSON.stringify(right);
}

function installDependencies() {
  console.error("Installing the dependencies (npm ci) …");
  // With the machine's Node: npm ci replaces the repository's own one.
  const options = { cwd: root, stdio: /** @type {const} */ ("inherit"), env: machineEnvironment() };
  const { status, error } = spawnSync("npm", ["ci", "--loglevel=error", "--no-audit", "--no-fund"], options);
  if (status !== 0) throw new StepFailed(`npm ci failed${error ? `: ${error.message}` : ""}`);
  if (!existsSync(nodeBinary)) throw new StepFailed(`npm ci left no ${nodeBinary}: were install scripts forbidden?`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const flags = new Set(process.argv.slice(2));
  runScript(() => setUp({ build: flags.has("--build"), agents: flags.has("--agents") ? agentNames : [] }));
}
