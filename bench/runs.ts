/**
 * A run of a real agent: by its bare command line, through Hitch, and through Hitch with a schema. All ask the model equally
 * often, so that their differences are what Hitch and the schema cost, and not a further turn of the agent.
 */
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

/** How often a run asks the model. OpenCode gives its value by a tool, pi in its last message. */
export const modelCalls = { opencode: 2, pi: 1 } as const;

export async function benchRuns(
  provider: keyof typeof modelCalls,
  times: number,
): Promise<Record<Way, readonly Measured[]>> {
  const directory = mkdtempSync(join(tmpdir(), "hitch-bench-"));
  const cwd = join(directory, "project");
  mkdirSync(cwd);
  const script = modelCalls[provider] === 2 ? callTool(join(cwd, "opencode.json")) : () => text(value);
  await using model = await startMockModel({ script });
  try {
    const env = { ...configure[provider]?.(cwd, model.baseUrl), HITCH_STATE_DIR: join(directory, "state") };
    const host = fileURLToPath(new URL("hosts/run.ts", import.meta.url));
    const hitch = (withSchema: boolean) => (): Command => {
      const options = JSON.stringify({ provider, model: scriptedModel, withSchema });
      return { args: [process.execPath, host, options], cwd, env };
    };
    const bare = (): Command => ({ args: bareArguments[provider] ?? [], cwd, env, stdin: "What is the answer?" });
    const all = await compare({ bare, hitch: hitch(false), schema: hitch(true) }, times);
    const [calls, expected] = [model.requests.length, 3 * times * modelCalls[provider]];
    if (calls !== expected) throw new Error(`${provider} asked the model ${calls} times instead of ${expected}`);
    return all;
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

type Way = "bare" | "hitch" | "schema";

const value = JSON.stringify({ answer: "42" });

/** One tool and the end: the one that takes the value, or without a schema one of the agent's own. */
function callTool(filePath: string): (request: RecordedRequest) => Turn {
  return ({ tools, messages }) => {
    if (messages.at(-1)?.role === "tool") return text(value);
    const submit = tools.find((name) => name.endsWith("submit_output"));
    return submit === undefined ? toolCall("read", { filePath }) : toolCall(submit, { answer: "42" });
  };
}
