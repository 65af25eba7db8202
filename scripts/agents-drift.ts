/**
 * `npm run agents:drift [-- AGENT[@VERSION]…]`: what the newest version of each agent, or the one named, prints otherwise than
 * the one that Hitch is tested with. The same runs are made with both, on the mock model. Ends with 1 if something is gone
 * that Hitch understood.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subject } from "../packages/hitch/src/testing/index.ts";
import { loadSubject, subjectNames } from "../packages/hitch/test/conformance/support/subjects.ts";
import { installAgents, installVersion } from "./agents-install.js";
import { agentDirectory, agentNames } from "./agents-path.js";
import { runCases } from "./drift/cases.ts";
import { compareVersions, type Difference } from "./drift/compare.ts";
import { shapesOf, type Shapes } from "./drift/shapes.ts";
import { root, StepFailed } from "./repository.js";

const wanted = (process.argv.length > 2 ? process.argv.slice(2) : agentNames).map((agent) => agent.split("@"));
const strangers = wanted.flatMap(([name = ""]) => (agentNames.includes(name) ? [] : [name]));
if (strangers.length > 0)
  throw new Error(`No such agent: ${strangers.join(", ")}. There are: ${agentNames.join(", ")}`);

for (const [name = "", version = "latest"] of wanted) {
  try {
    const differences = await driftOf(name, version);
    if (differences.some(({ sign }) => sign === "!")) process.exitCode = 1;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    console.error(`✗ ${name}: ${error.message}\n`);
    process.exitCode = 1;
  }
}

async function driftOf(name: string, version: string): Promise<readonly Difference[]> {
  installAgents([name]);
  const scratch = mkdtempSync(join(tmpdir(), "hitch-drift-"));
  try {
    installVersion(name, version, scratch);
    const [before, after] = [versionsIn(agentDirectory(name)), versionsIn(scratch)];
    if (before === after) {
      console.log(`${before}: the same version.\n`);
      return [];
    }
    console.log(`${before} → ${after}`);
    const found: Difference[] = [];
    for (const subject of await subjectsOf(name)) found.push(...(await compareOn(subject, name, scratch)));
    return found;
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function compareOn(subject: Subject, name: string, scratch: string): Promise<readonly Difference[]> {
  const { provider } = subject;
  const before = await runCases(subject, binOf(agentDirectory(name)));
  const after = await runCases(subject, binOf(scratch));
  const differences = compareVersions(before, after, recordedShapes(provider.id));
  const verdicts = Object.entries(after.cases).map(([each, { verdict }]) => `${each}: ${verdict}`);
  console.log(`  ${subject.name ?? provider.id}: ${differences.length} differences (${verdicts.join(", ")})`);
  for (const { sign, what } of differences) console.log(`    ${sign} ${what}`);
  console.log();
  return differences;
}

/** The shapes of all that was ever recorded of a provider's agent. */
function recordedShapes(provider: string): Shapes {
  const directory = join(root, "packages/hitch/test/transcripts", provider);
  const folders = existsSync(directory) ? readdirSync(directory) : [];
  const files = folders.map((folder) => join(directory, folder, "stdout.jsonl")).filter((path) => existsSync(path));
  return shapesOf(files.flatMap((path) => readFileSync(path, "utf8").split("\n")));
}

/** The subjects whose command comes with this agent's packages. */
async function subjectsOf(name: string): Promise<readonly Subject[]> {
  const all = await Promise.all(subjectNames.map(loadSubject));
  const bin = binOf(agentDirectory(name));
  const own = all.filter(({ executable }) => existsSync(join(bin, executable)));
  if (own.length === 0) throw new Error(`Nothing in test/conformance/subjects runs ${name}.`);
  return own;
}

function binOf(directory: string): string {
  return join(directory, "node_modules/.bin");
}

/** `@openai/codex 0.169.0`, as it is installed. */
function versionsIn(directory: string): string {
  const { dependencies } = readManifest(directory) as { readonly dependencies: Readonly<Record<string, string>> };
  const installed = Object.keys(dependencies).map((dependency) => {
    const { version } = readManifest(join(directory, "node_modules", dependency)) as { readonly version: string };
    return `${dependency} ${version}`;
  });
  return installed.join(", ");
}

function readManifest(directory: string): unknown {
  return JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
}
