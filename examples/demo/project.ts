/** A scratch repository with a small bug, and the model that finds it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text, toolCall, type Turn } from "../../packages/hitch/src/testing/index.ts";

const buggy = "export const total = (prices) => prices.reduce((sum, price) => sum - price, 0);\n";

/** What the demo asks for, and what it wants to know. */
export const prompt = "The total of a basket is negative. Find the bug and fix it.";
export const schema = {
  type: "object",
  properties: {
    file: { type: "string" },
    line: { type: "integer", minimum: 1 },
    cause: { type: "string", maxLength: 200 },
  },
  required: ["file", "line", "cause"],
  additionalProperties: false,
};

/** The id of the scripted model in the repository's own configuration. */
export const model = "scripted/demo";

/** Reads, fixes, says it wrong, is corrected, and ends. */
export function script(project: string): readonly Turn[] {
  const filePath = join(project, "total.js");
  const found = { file: "total.js", cause: "It subtracts each price from the sum." };
  return [
    toolCall("read", { filePath }),
    toolCall("edit", { filePath, oldString: "sum - price", newString: "sum + price" }),
    toolCall("hitch_submit_output", { ...found, line: 0 }),
    toolCall("hitch_submit_output", { ...found, line: 1 }),
    text("`total` subtracted each price instead of adding it. It adds them now."),
  ];
}

/** Makes the repository. Its own configuration names the scripted model, as a user's would name a real one. */
export function makeProject(project: string, baseURL: string): void {
  mkdirSync(project);
  const limit = { context: 128_000, output: 8192 };
  const models = { demo: { name: "Demo", tool_call: true, limit, cost: { input: 3, output: 15 } } };
  const options = { baseURL, apiKey: "none" };
  const provider = { scripted: { npm: "@ai-sdk/openai-compatible", name: "Scripted", options, models } };
  const config = { $schema: "https://opencode.ai/config.json", provider };
  writeFileSync(join(project, "opencode.json"), JSON.stringify(config, undefined, 2));
  writeFileSync(join(project, "total.js"), buggy);
  git(project, "init", "--quiet");
  git(project, "add", ".");
  git(project, "-c", "user.name=Demo", "-c", "user.email=demo@example.com", "commit", "--quiet", "-m", "A basket");
}

/** Without your own Git settings, which may sign commits, name another repository, or show differences in another way. */
export const plainEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"))),
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};

export function git(project: string, ...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: project, env: plainEnv, encoding: "utf8" });
}
