/** What went wrong, as agents of the Agent Client Protocol tell it: in errors, reasons for stopping, or the answer. */
import type { Evidence, Failure } from "../../provider.ts";
import type { ErrorCode } from "../../vocabulary/codes.ts";
import { asArray, asString, at, numberAt, parseObject, stringAt } from "../../vocabulary/json.ts";
import { rpcCodes, type RpcError } from "./acp-rpc.ts";
import { codeOfSentence } from "./copilot-failure.ts";

/**
 * Reads an error. Most agents call whatever failed an internal error (-32603) and say more in `data`; some put the HTTP
 * status where the protocol has its own codes (Gemini 0.61.0, Qwen 0.24.4), and the back end's JSON for words.
 */
export function readFailure({ code, message, data }: RpcError): Failure {
  const told = stringAt(data, "details") ?? stringAt(data, "message") ?? asString(data) ?? message;
  const body = at(parseObject(told), "error");
  const words = stringAt(body, "message") ?? told.replace(/^Internal error: /, "");
  if (code === rpcCodes.authenticationRequired) return { message: words, code: "authentication" };
  // Gemini's word for it, whatever the status.
  if (words.startsWith("models/") && words.includes(" is not found for ")) {
    return { message: words, code: "model-not-found" };
  }
  const [, leading] = /^(\d{3}) /.exec(words) ?? [];
  // What the back end says itself is more certain: Gemini puts 500 where it knows no status.
  const codes = [numberAt(data, "statusCode"), numberAt(body, "code"), code, Number(leading)];
  const status = codes.map(httpStatus).find((found) => found !== undefined);
  const name = stringAt(data, "errorName") ?? stringAt(body, "status");
  return {
    message: words,
    ...(status !== undefined && { status }),
    ...(name !== undefined && name !== "APIError" && { name }),
  };
}

/** How to log in, in the agent's words. */
export function withLogin(failure: Failure, authMethods: unknown): Failure {
  if (failure.code !== "authentication") return failure;
  const ways = asArray(authMethods).map((method) => stringAt(method, "description") ?? stringAt(method, "name"));
  const known = ways.filter((way) => way !== undefined);
  return known.length === 0 ? failure : { ...failure, message: `${failure.message} (${known.join("; ")})` };
}

function httpStatus(code: number | undefined): number | undefined {
  return code !== undefined && code >= 400 && code < 600 ? code : undefined;
}

/**
 * The failure that stands in an answer's last piece. Copilot (1.0.102) has no other way to tell one: it says it in the
 * place of the model, and that the turn has ended well. A turn without any answer of the model has no usage.
 */
export function readSpoken(agent: string | undefined, lastPiece: string, hasUsage: boolean): Failure | undefined {
  if (agent !== "Copilot" || !lastPiece.startsWith("Error: ")) return undefined;
  const message = lastPiece.slice("Error: ".length);
  if (hasUsage && !spoken.some((sentence) => sentence.test(message))) return undefined;
  const [, inWords, last, leading] = /\(HTTP (\d{3})\)|Last error: (\d{3}) |^(\d{3}) /.exec(message) ?? [];
  const status = httpStatus(Number(inWords ?? last ?? leading));
  const code = codeOfSentence(message);
  return { message, ...(status !== undefined && { status }), ...(code !== undefined && { code }) };
}

/** What it says where the model has answered before. */
const spoken: readonly RegExp[] = [
  /^\d{3} /,
  /^(Authentication failed with|Model '.*' not found on|Failed to get response from) /,
  /^(Could not connect to|The provider rejected|No response was) /,
];

/** Why a turn has stopped. Copilot (1.0.102) says in the place of the model that a refusal has ended it. */
export function readReason(result: unknown, lastPiece: string): string {
  if (lastPiece === "Info: Operation cancelled by user") return "cancelled";
  return stringAt(result, "stopReason") ?? "unknown";
}

/** What follows from the reason for which a turn stopped. */
export function readStop(reason: string): readonly Evidence[] {
  // The protocol ends with this answer: it gives the exit no meaning.
  if (reason === "end_turn") return [{ type: "ended", ok: true, exitCode: "any" }];
  const early = earlyStops.get(reason);
  return [...(early ? [{ type: "failure" as const, ...early }] : []), { type: "ended", ok: false, reason }];
}

const earlyStops = new Map<string, { readonly code: ErrorCode; readonly message: string }>([
  ["refusal", { code: "content-refused", message: "The agent refuses to go on with this conversation." }],
  ["max_tokens", { code: "output-truncated", message: "The model stopped at its output limit." }],
  ["max_turn_requests", { code: "turn-limit", message: "The agent stopped at its limit of calls of the model." }],
]);
