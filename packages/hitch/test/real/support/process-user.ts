/** What a user of the machine can read and run: Node, the package's sources with the tests' fixtures, and the agents. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findUpwards } from "../../../src/effects/paths.ts";
import { makeFolder, type User } from "../../fixtures/processes/hosts.ts";

export interface Installation {
  readonly node: string;
  readonly packageRoot: string;
  /** With Node and the agents. */
  readonly path: string;
}

const packageRoot = fileURLToPath(new URL("../../../", import.meta.url));
let copied: Installation | undefined;

/** This clone and the agents' cache; for a normal user, whom root's home is closed to, a copy. */
export function installationFor(user: User): Installation {
  const { HITCH_AGENTS_BIN: agents = "", PATH = "" } = process.env;
  if (user !== "a normal user") {
    return { node: process.execPath, packageRoot, path: [agents, PATH].join(delimiter) };
  }
  return (copied ??= copyInstallation(agents.split(delimiter).map(dirname).filter(existsSync)));
}

/** Gives files to a normal user. */
export function giveTo(user: User, directory: string): void {
  if (user === "a normal user") execFileSync("chown", ["-R", "1500:1500", directory]);
}

function copyInstallation(agentModules: readonly string[]): Installation {
  const folder = makeFolder("a normal user");
  const [bin, copiedPackage, agents] = ["bin", "package", "agents"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const directory of [bin, join(copiedPackage, "test"), join(copiedPackage, "node_modules")]) {
    mkdirSync(directory, { recursive: true });
  }
  const node = join(bin, "node");
  copy(process.execPath, node);
  const modules = agentModules.map((directory, index) => {
    const target = join(agents, String(index), "node_modules");
    mkdirSync(dirname(target), { recursive: true });
    copy(directory, target);
    return join(target, ".bin");
  });
  for (const part of ["package.json", "src", "test/fixtures", "test/support"]) {
    copy(join(packageRoot, part), join(copiedPackage, part));
  }
  for (const [name, directory] of dependenciesOf(packageRoot)) {
    const target = join(copiedPackage, "node_modules", name);
    mkdirSync(dirname(target), { recursive: true });
    copy(directory, target);
  }
  const path = [bin, ...modules, "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter);
  return { node, packageRoot: copiedPackage, path };
}

/** What a package needs to run, and where it is installed; by name, what those need included. */
function dependenciesOf(directory: string, found = new Map<string, string>()): ReadonlyMap<string, string> {
  const { dependencies = {} } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as Manifest;
  for (const name of Object.keys(dependencies)) {
    const above = findUpwards(directory, join("node_modules", name));
    if (above === undefined) throw new Error(`${name} is not installed`);
    if (found.has(name)) continue;
    const installed = join(above, "node_modules", name);
    found.set(name, installed);
    dependenciesOf(installed, found);
  }
  return found;
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** By links, since it is gigabytes; another file system takes copies only. */
function copy(from: string, to: string): void {
  const { status } = spawnSync("cp", ["-al", from, to], { stdio: "ignore" });
  if (status !== 0) execFileSync("cp", ["-a", from, to]);
}
