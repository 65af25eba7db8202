/** What a sensible model does that finds out for itself which tools it has. */
import type { RecordedRequest } from "../mock-model/requests.ts";
import { text, toolCall, type AnswerTurn } from "../mock-model/turns.ts";
import type { Subject } from "./subject.ts";

type Input = Readonly<Record<string, unknown>>;

/** A call of a tool of an MCP server, under the name by which it is offered. */
export function callServer(
  { calls }: Subject,
  { tools }: RecordedRequest,
  server: string,
  tool: string,
  input: Input,
): AnswerTurn {
  const offered = tools.find((name) => name.includes(server) && name.includes(tool));
  if (offered === undefined && calls.mcp !== undefined) return calls.mcp(server, tool, input);
  return toolCall(offered ?? `mcp__${server}__${tool}`, input);
}

/** A value for the caller's schema, by the tool that is there for it, else as text. */
export function giveValue(request: RecordedRequest, value: Input): AnswerTurn {
  const offered = request.tools.find((name) => /(submit|structured)_?output$/i.test(name));
  return offered === undefined ? text(JSON.stringify(value)) : toolCall(offered, value);
}
