/** A run of a real agent: by its bare command line, through Hitch, and through Hitch with a schema. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { configure, scriptedModel } from "../examples/debug-schema/configure.ts";
import {
  startMockModel,
  text,
  toolCall,
  type RecordedRequest,
  type Turn,
} from "../packages/hitch/src/testing/index.ts";
import { compare, type Command, type Measured } from "./measure.ts";

const bareArguments: Readonly<Record<string, readonly string[]>> = {
  opencode: ["opencode", "run", "--format", "json", "--title=", `--model=${scriptedModel}`],
  pi: ["pi", "--mode", "json", "-p", "--model", scriptedModel],
};

export async function benchRuns(provider: "opencode" | "pi", times: number): Promise<Record<Way, Measured>> {
  const directory = mkdtempSync(join(tmpdir(), "hitch-bench-"));
  const cwd = join(directory, "project");
  mkdirSync(cwd);
  await using model = await startMockModel({ script: answer });
  try {
    const env = { ...configure[provider]?.(cwd, model.baseUrl), HITCH_STATE_DIR: join(directory, "state") };
    const host = fileURLToPath(new URL("hosts/run.ts", import.meta.url));
    const hitch = (withSchema: boolean) => (): Command => {
      const options = JSON.stringify({ provider, model: scriptedModel, withSchema });
      return { args: [process.execPath, host, options], cwd, env };
    };
    const bare = (): Command => ({ args: bareArguments[provider] ?? [], cwd, env, stdin: "What is the answer?" });
    return await compare({ bare, hitch: hitch(false), schema: hitch(true) }, times);
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

type Way = "bare" | "hitch" | "schema";

/** The value by the tool if there is one, without a further call of the model for a wrong one. */
function answer({ tools, messages }: RecordedRequest): Turn {
  const value = { answer: "42" };
  const tool = tools.find((name) => name.endsWith("submit_output"));
  const isDone = messages.at(-1)?.role === "tool";
  return tool === undefined || isDone ? text(JSON.stringify(value)) : toolCall(tool, value);
}
