// `npm test [-- --thorough | --all] [FILTER…]`: sets the clone up, runs the tests under the repository's Node, looks at what
// they left outside their own directory, and ends with one line for people and machines: `N passed, N failed`. `--thorough`
// is what CI runs, with what takes OpenCode, which is slow to start, many starts; `--all` is every test on every agent.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agentNames } from "./agents-path.js";
import { nodeBinary, root, StepFailed, toolchainEnvironment } from "./repository.js";
import { setUp } from "./setup.js";
import { describeChanges, snapshotSurroundings } from "./surroundings.js";

const given = process.argv.slice(2);
const filters = given.filter((argument) => !["--thorough", "--all"].includes(argument));
const tier = given.includes("--all") ? "all" : given.includes("--thorough") ? "thorough" : "quick";

const counts = { passed: 0, failed: 0, skipped: 0 };
try {
  setUp({ build: true, agents: tier === "quick" ? ["opencode", "pi", "codex"] : agentNames });
  const before = snapshotSurroundings();
  Object.assign(counts, runTests());
  for (const change of describeChanges(before, snapshotSurroundings())) {
    if (tier === "all" && isOfMatrix(change)) continue;
    console.error(`✗ The tests changed something outside their own directory: ${change}`);
    counts.failed += 1;
  }
} catch (error) {
  console.error(error instanceof StepFailed ? `\n✗ ${error.message}` : error);
  counts.failed += 1;
}
if (tier === "quick")
  console.log("Left to `npm test -- --thorough`: the other agents, and what OpenCode takes long for.");
process.exitCode = counts.failed > 0 ? 1 : 0;
console.log(closingLine(counts));

/**
 * What a run of all agents is there to write.
 * @param {string} change
 */
function isOfMatrix(change) {
  return /^git status: .. (docs\/conformance\.md|packages\/hitch\/test\/conformance\/rows\/)/.test(change);
}

/** @returns {typeof counts} */
function runTests() {
  const directory = mkdtempSync(join(tmpdir(), "hitch-counts-"));
  const report = join(directory, "counts.json");
  try {
    const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
    const env = { ...toolchainEnvironment(), HITCH_TEST_COUNTS: report, HITCH_TEST_TIER: tier };
    const { status } = spawnSync(nodeBinary, [vitest, "run", ...filters], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env,
    });
    const result = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : counts;
    // Vitest also fails for reasons that are no test's: no test found, an error between tests, something left behind.
    return status !== 0 && result.failed === 0 ? { ...result, failed: 1 } : result;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @param {typeof counts} numbers */
function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
