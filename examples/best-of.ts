/**
 * Has several agents do the same task side by side, each in a worktree of its own; the first of them judges the patches, and
 * the best one goes into the repository:
 *
 *     node examples/best-of.ts "Make the tests pass." claude-code codex opencode=anthropic/claude-sonnet-4-5
 */
import { harness } from "hitch";
import { z } from "zod";

const [task = "Make the tests pass.", ...agents] = process.argv.slice(2);
const providers = agents.map((agent) => {
  const [id = "", model] = agent.split("=");
  return { provider: id, model };
});

// Asked before all the work is paid for: not every agent can be kept from writing.
const judge = { provider: providers[0], permissions: "read-only" } as const;
const { refusals } = await harness.plan("Judge.", judge);
if (refusals[0]) throw new Error(`${agents[0]} cannot be the judge: ${refusals[0].message}`);

const workspace = { type: "worktree", uncommitted: true } as const;
const outcomes = await harness.each(
  providers.map((provider) => ({ prompt: task, provider })),
  { workspace },
);
const done = outcomes.flatMap(({ result }) => result ?? []).filter(({ changes }) => changes.files.length > 0);
if (done.length === 0) throw new Error("None of them has changed anything.");

const patches = done.map(({ changes }, index) => `Patch ${index}:\n${changes.patch}`);
const { output: best } = await harness(
  `Which of these patches does the task best? The task: ${task}\n\n${patches.join("\n\n")}`,
  {
    ...judge,
    schema: z
      .int()
      .min(0)
      .max(done.length - 1),
  },
);
const { files } = (await done[best]?.apply?.()) ?? { files: [] };
console.log(`${done[best]?.provider} did it best: ${files.join(", ")}`);
