/**
 * Gives a task to the first agent that can take it. One that is not installed, not logged in, or whose model has no room
 * is passed over; what it had already changed is told to the next one:
 *
 *     node examples/fallback.ts "Make the tests pass." claude-code codex opencode=anthropic/claude-sonnet-4-5
 */
import { harness } from "hitch";

const [task = "Make the tests pass.", ...agents] = process.argv.slice(2);
const provider = agents.map((agent) => {
  const [id = "", model] = agent.split("=");
  return { provider: id, model };
});

const { text, attempts, changes } = await harness(task, { provider });

for (const { provider: id, task: asked, verdict } of attempts) {
  console.log(`${id} (${asked}): ${verdict.code ?? "done"}`);
}
console.log(text);
console.log(changes.patch ?? "");
