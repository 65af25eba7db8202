// Where things are in this repository, and how its own Node is found. Plain JavaScript that Node 20 runs: it is
// needed before anything is installed.
import { delimiter, dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the clone. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The Node that the npm package `node` brings: tests, builds and agents run with it, whatever the machine has. */
export const nodeBinary = join(root, "node_modules", "node", "bin", "node");

/** Where npm puts the repository's commands, `node` among them. */
export const commandDirectory = join(root, "node_modules", ".bin");

/**
 * An environment in which `node` is the repository's Node.
 * @param {string[]} directories further directories to put on the PATH
 * @returns {NodeJS.ProcessEnv}
 */
export function toolchainEnvironment(...directories) {
  return { ...machineEnvironment(), PATH: [commandDirectory, ...directories, machinePath()].join(delimiter) };
}

/**
 * The environment without what `npm run` put there: a script then behaves alike, whoever started it, and `node` is the
 * machine's own.
 * @returns {NodeJS.ProcessEnv}
 */
export function machineEnvironment() {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$)/i.test(name));
  return { ...Object.fromEntries(own), PATH: machinePath() };
}

function machinePath() {
  const directories = (process.env.PATH ?? "").split(delimiter);
  return directories.filter((directory) => !isAddedByNpm(directory)).join(delimiter);
}

/** @param {string} directory */
function isAddedByNpm(directory) {
  return directory.endsWith(join("node_modules", ".bin")) || directory.endsWith(`${sep}node-gyp-bin`);
}

/**
 * A step that did not work. Its message says which and why; a script prints it without a stack.
 */
export class StepFailed extends Error {}

/**
 * Runs a script's main function: a failed step becomes one line and exit code 1.
 * @param {() => void} main
 */
export function runScript(main) {
  try {
    main();
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    console.error(`\n✗ ${error.message}`);
    process.exitCode = 1;
  }
}
