/** Asks for the caller's value during a run: offers the tool, judges what comes, and asks again if it does not fit. */
import { openToolServer, type ToolServer } from "../effects/tool-server/tool-server.ts";
import { followUpPrompt } from "../output/instructions.ts";
import type { OutputSchema } from "../output/schema.ts";
import { createSubmitTool, type Submission } from "../output/submit-tool.ts";
import type { Provider, RunRequest } from "../provider.ts";
import type { Session } from "../vocabulary/result.ts";
import { createValues, invalidOutput, type Corrections, type Values, type ValuesOptions } from "./values.ts";
import { askBy, listWays, type Way } from "./way.ts";

export interface Asking {
  readonly warnings: readonly string[];
  /** The request with all that makes the agent give a value. */
  firstRequest(request: RunRequest): RunRequest;
  /** A later one in the same session, which knows what was asked for. */
  laterRequest(request: RunRequest): RunRequest;
  /** The one that asks again, in the same session and only with what was wrong. Throws `invalid-output` where none goes on. */
  followUp(request: RunRequest, session: Session | undefined, issues: readonly string[]): RunRequest;
  /** To be called before each attempt: values belong to the latest. */
  begin(attempt: Pick<ValuesOptions, "publish" | "stop">): Values;
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
  const { way, disconnect, close, warnings } = await openWay(listWays(provider, schema), scratch, submit);

  const laterRequest = (request: RunRequest): RunRequest => askBy(way, provider, request, true);
  return {
    warnings,
    firstRequest: (request) => askBy(way, provider, request),
    laterRequest,
    followUp(request, session, issues) {
      if (session === undefined || !provider.capabilities.options.session) throw invalidOutput(issues);
      const prompt = followUpPrompt(way.rung === "tool" ? "tool" : "text", issues);
      return laterRequest({ ...request, prompt, session, fork: false, attachments: [] });
    },
    begin(attempt) {
      disconnect();
      const { schema: told, raise } = way.lowered;
      values = createValues({ ...attempt, schema, told, raise, corrections: allowed });
      return values;
    },
    close,
  };
}

/** The first way that works. What speaks against one is a warning. */
async function openWay(
  ways: readonly Way[],
  scratch: string,
  submit: (value: unknown) => Promise<Submission>,
): Promise<ToolServer & { readonly way: Way; readonly warnings: readonly string[] }> {
  const warnings: string[] = [];
  for (const way of ways) {
    if (way.rung !== "tool") return { way, disconnect: () => undefined, close: () => undefined, warnings };
    const tool = createSubmitTool({ inputSchema: way.lowered.schema, submit });
    try {
      return { way, ...(await openToolServer(scratch, (message) => tool.answer(message))), warnings };
    } catch (error) {
      warnings.push(`the output cannot be asked for by a tool: ${String(error)}`);
    }
  }
  throw new Error("No way is left to ask for the output.");
}
