// `node scripts/check.js [STEP…]`: everything that is checked without running the tests, one named step after the other.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandDirectory, root, runScript, StepFailed, toolchainEnvironment } from "./repository.js";
import { setUp } from "./setup.js";

/** @type {Record<string, () => void>} */
const steps = {
  format: () => run("prettier", "--check", "--log-level=warn", "."),
  lint: () => run("eslint", "--max-warnings=0", "."),
  types: () => run("tsc", "-p", "tsconfig.json"),
  unused: () => run("knip"),
  package: checkPackage,
};

runScript(() => {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !(name in steps));
  if (unknown.length > 0)
    throw new StepFailed(`No such step: ${unknown.join(", ")}. There are: ${Object.keys(steps).join(", ")}`);
  // The examples are typed against the built package.
  setUp({ build: true });
  const failed = (wanted.length > 0 ? wanted : Object.keys(steps)).filter((name) => !passes(name));
  if (failed.length > 0) throw new StepFailed(`check failed: ${failed.join(", ")}`);
});

/** @param {string} name of a step */
function passes(name) {
  const start = Date.now();
  try {
    steps[name]?.();
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    console.log(`✗ ${name}: ${error.message}`);
    return false;
  }
  console.log(`✓ ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  return true;
}

/** What is checked is the tarball that users would get, not the directory it is made from. */
function checkPackage() {
  setUp({ build: true });
  const directory = mkdtempSync(join(tmpdir(), "hitch-package-"));
  try {
    run("npm", "pack", "--silent", "--workspace=hitch", `--pack-destination=${directory}`);
    const tarball = readdirSync(directory)[0];
    if (tarball === undefined) throw new StepFailed("npm pack made no tarball");
    run("publint", "run", "--strict", join(directory, tarball));
    run("attw", "--profile=esm-only", "--format=ascii", "--quiet", join(directory, tarball));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * @param {string} command of the repository's tools
 * @param {string[]} args
 */
function run(command, ...args) {
  const path = command === "npm" ? command : join(commandDirectory, command);
  const { status, error } = spawnSync(path, args, { cwd: root, stdio: "inherit", env: toolchainEnvironment() });
  if (status !== 0) throw new StepFailed(error ? error.message : `${command} ended with exit code ${status}`);
}
