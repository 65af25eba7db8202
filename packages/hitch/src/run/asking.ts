/** Asks for the caller's value during a run: offers the tool, judges what comes, and asks again if it does not fit. */
import { openToolServer } from "../effects/tool-server/tool-server.ts";
import { followUpPrompt } from "../output/instructions.ts";
import type { OutputSchema } from "../output/schema.ts";
import { createSubmitTool, type Submission } from "../output/submit-tool.ts";
import type { Provider, RunRequest } from "../provider.ts";
import type { RunEvent } from "../vocabulary/events.ts";
import type { Session } from "../vocabulary/result.ts";
import { createValues, invalidOutput, type Corrections, type Values } from "./values.ts";
import { askBy, listWays, type Way } from "./way.ts";

export interface Asking {
  readonly warnings: readonly string[];
  /** The request with all that makes the agent give a value. */
  addTo(request: RunRequest): RunRequest;
  /** To be called before each attempt: values belong to the latest. */
  begin(followUp: boolean, publish: (event: RunEvent) => void): Values;
  /** The request that asks again, in the same session and only with what was wrong. Throws `invalid-output`. */
  followUp(request: RunRequest, session: Session | undefined, issues: readonly string[]): RunRequest;
  close(): void;
}

export interface AskingOptions {
  readonly provider: Provider;
  readonly schema: OutputSchema;
  /** How often a wrong value may be corrected. */
  readonly corrections: number;
  /** Where the tool's socket may be. */
  readonly scratch: string;
}

/** Takes the best way that the agent, the schema and this machine allow. */
export async function prepareAsking({ provider, schema, corrections, scratch }: AskingOptions): Promise<Asking> {
  const allowed: Corrections = { left: corrections };
  let values: Values | undefined;
  const submit = async (value: unknown): Promise<Submission> =>
    values === undefined ? { accepted: false, issues: ["no attempt runs"] } : values.take("tool", value);
  const { way, close, warnings } = await openWay(listWays(provider, schema), scratch, submit);

  return {
    warnings,
    addTo: (request) => askBy(way, provider, request),
    begin(followUp, publish) {
      values = createValues({ schema, raise: way.lowered.raise, followUp, corrections: allowed, publish });
      return values;
    },
    followUp(request, session, issues) {
      if (session === undefined) throw invalidOutput(issues);
      const prompt = followUpPrompt(way.rung === "tool" ? "tool" : "text", issues);
      return { ...request, prompt, session, fork: false, attachments: [] };
    },
    close,
  };
}

/** The first way that works. What speaks against one is a warning. */
async function openWay(
  ways: readonly Way[],
  scratch: string,
  submit: (value: unknown) => Promise<Submission>,
): Promise<{ way: Way; close: () => void; warnings: readonly string[] }> {
  const warnings: string[] = [];
  for (const way of ways) {
    if (way.rung !== "tool") return { way, close: () => undefined, warnings };
    const tool = createSubmitTool({ inputSchema: way.lowered.schema, submit });
    try {
      return { way, close: await openToolServer(scratch, (message) => tool.answer(message)), warnings };
    } catch (error) {
      warnings.push(`the output cannot be asked for by a tool: ${String(error)}`);
    }
  }
  throw new Error("No way is left to ask for the output.");
}
