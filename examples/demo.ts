/**
 * `npm run demo`: one run of the real OpenCode in a scratch repository. The model is scripted and answers from this
 * process, so the demo needs neither network nor account; everything else is real.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { harness, type HitchEvent } from "hitch";
import { startMockModel, text, toolCall } from "../packages/hitch/src/testing/index.ts";

const scratch = mkdtempSync(join(tmpdir(), "hitch-demo-"));
const project = join(scratch, "project");
const buggy = "export const total = (prices) => prices.reduce((sum, price) => sum - price, 0);\n";

await using model = await startMockModel({
  script: [
    toolCall("read", { filePath: join(project, "total.js") }),
    toolCall("edit", { filePath: join(project, "total.js"), oldString: "sum - price", newString: "sum + price" }),
    text("`total` subtracted each price instead of adding it. It adds them now."),
  ],
});

try {
  makeProject();
  console.log("The model is scripted; OpenCode, its tools and the repository are real.\n");
  const run = harness("The total of a basket is negative. Find the bug and fix it.", {
    provider: "opencode",
    model: "scripted/demo",
    cwd: project,
    // A home of its own, so that the demo leaves your OpenCode as it is.
    env: { HOME: scratch, XDG_DATA_HOME: join(scratch, "data"), XDG_CONFIG_HOME: join(scratch, "config") },
    journal: false,
  });
  for await (const event of run) show(event);

  const { text: answer, cost, usage, session, durationMs } = await run;
  console.log(`\n${answer}\n\n${git("diff")}`);
  console.log(`session ${session?.id}, ${(durationMs / 1000).toFixed(1)} s, ${model.requests.length} requests`);
  console.log(`${usage.inputTokens} tokens in, ${usage.outputTokens} out, $${cost.usd?.toFixed(4)} (${cost.source})`);
  console.log("\nWith a real model: npx hitch run -p opencode -m anthropic/claude-sonnet-4-5 'Fix the bug'");
} finally {
  rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
}

/** A repository with a bug, whose own configuration names the scripted model, as a user's would name a real one. */
function makeProject(): void {
  mkdirSync(project);
  const models = {
    demo: { name: "Demo", tool_call: true, limit: { context: 128_000, output: 8192 }, cost: { input: 3, output: 15 } },
  };
  const options = { baseURL: model.baseUrl, apiKey: "none" };
  const provider = { scripted: { npm: "@ai-sdk/openai-compatible", name: "Scripted", options, models } };
  writeFileSync(
    join(project, "opencode.json"),
    JSON.stringify({ $schema: "https://opencode.ai/config.json", provider }, undefined, 2),
  );
  writeFileSync(join(project, "total.js"), buggy);
  git("init", "--quiet");
  git("add", ".");
  git("-c", "user.name=Demo", "-c", "user.email=demo@example.com", "commit", "--quiet", "-m", "A basket");
}

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: project, encoding: "utf8" });
}

function show(event: HitchEvent): void {
  if (event.type === "attempt-start") console.log(`$ ${event.command.join(" ")}`);
  if (event.type === "tool-call") console.log(`- ${event.toolName} (${event.kind})`);
  if (event.type === "file-change") console.log(`  ${event.change} ${event.path}`);
  if (event.type === "warning") console.log(`! ${event.message}`);
}
