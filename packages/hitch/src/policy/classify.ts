/** Which error code a failure has: by what is structured in it, never by finding words in its message. */
import type { Failure } from "../provider.ts";
import type { ErrorCode } from "../vocabulary/codes.ts";

/**
 * Gives a failure its code: the decoder's own, else by the name of the error, else by the HTTP status.
 * The name comes before the status, since back ends answer 429 for an empty account and 400 for a full context.
 */
export function classifyFailure(failure: Failure): ErrorCode {
  return failure.code ?? codeOfName(failure.name) ?? codeOfStatus(failure.status) ?? "agent-error";
}

function codeOfName(name: string | undefined): ErrorCode | undefined {
  return name === undefined ? undefined : codeByName.get(plain(name));
}

function codeOfStatus(status: number | undefined): ErrorCode | undefined {
  if (status === undefined) return undefined;
  // Accepted, and yet a failure: what came after the headers was no answer.
  if (status >= 200 && status < 300) return "protocol";
  if (status >= 500) return "overloaded";
  return codeByStatus.get(status);
}

/** `insufficient_quota`, `InsufficientQuota` and `insufficient-quota` are one name. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** Every 4xx that is not here says that the request was wrong, which is the agent's affair. */
const codeByStatus = new Map<number, ErrorCode>([
  [401, "authentication"],
  [402, "quota-exhausted"],
  [403, "authentication"],
  [404, "model-not-found"],
  [413, "context-overflow"],
  [429, "rate-limited"],
]);

/** Names of errors and reasons for stopping, as back ends, their clients and agents use them. */
const names: Readonly<Partial<Record<ErrorCode, readonly string[]>>> = {
  authentication: [
    "invalid_api_key",
    "authentication_error",
    "permission_error",
    "unauthenticated",
    "permission_denied",
    "ProviderAuthError",
  ],
  "quota-exhausted": [
    "insufficient_quota",
    "quota_exceeded",
    "billing_error",
    "billing_hard_limit_reached",
    "billing_not_active",
    "insufficient_balance",
    "insufficient_credits",
  ],
  "rate-limited": ["rate_limit_exceeded", "rate_limit_error", "too_many_requests", "resource_exhausted"],
  overloaded: [
    "overloaded_error",
    "overloaded",
    "server_error",
    "internal_server_error",
    "service_unavailable",
    "unavailable",
    "engine_overloaded",
  ],
  "model-not-found": ["model_not_found", "ModelNotFoundError", "ProviderModelNotFoundError", "deployment_not_found"],
  "context-overflow": ["context_length_exceeded", "ContextOverflowError", "request_too_large"],
  "content-refused": [
    "content_filter",
    "content_policy_violation",
    "ContentFilterError",
    "ResponsibleAIPolicyViolation",
    "refusal",
    "safety",
  ],
  "output-truncated": ["length", "max_tokens", "max_output_tokens", "MessageOutputLengthError"],
  network: [
    "ECONNREFUSED",
    "ECONNRESET",
    "ENOTFOUND",
    "EAI_AGAIN",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "EPIPE",
    "ETIMEDOUT",
    "ConnectionRefused",
    "UND_ERR_SOCKET",
    "UND_ERR_CONNECT_TIMEOUT",
    "UND_ERR_HEADERS_TIMEOUT",
    "UND_ERR_BODY_TIMEOUT",
    "ProviderHeaderTimeoutError",
    "ProviderResponseStreamError",
  ],
};

const codeByName = new Map<string, ErrorCode>(
  Object.entries(names).flatMap(([code, list]) => list.map((name) => [plain(name), code as ErrorCode] as const)),
);
