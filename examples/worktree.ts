/**
 * Lets an agent work in a Git worktree, shows what it changed, and brings it here if that is wanted:
 *
 *     node examples/worktree.ts opencode "Make the tests pass"
 *     node examples/worktree.ts opencode "Make the tests pass" --apply
 */
import { harness, HarnessError } from "hitch";

const [agent = "opencode", task = "Mend what is broken.", ...flags] = process.argv.slice(2);
const [provider = agent, model] = agent.split("=");

const result = await harness(task, { provider, model, workspace: { type: "worktree", uncommitted: true } });
const { files, patch } = result.changes;
console.log(`${result.text}\n`);
for (const { change, path, additions = 0, deletions = 0 } of files)
  console.log(change, path, `+${additions} -${deletions}`);

if (flags.includes("--apply")) {
  try {
    await result.apply?.();
  } catch (error) {
    if (!HarnessError.isInstance(error) || error.reason !== "conflict") throw error;
    console.error(`Nothing was changed. In conflict: ${error.files?.join(", ")}`);
    process.exitCode = 1;
  }
} else console.log(`\n${patch ?? "(the patch is too large)"}`);
