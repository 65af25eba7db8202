import type { ErrorDetails } from "./protocol.ts";

/** An error object as Anthropic's interface sends it, in a body and inside a stream. It has a type and no code. */
export function buildAnthropicError(
  status: number,
  { message, code }: ErrorDetails,
): { readonly type: "error"; readonly error: UsualError } {
  const usual =
    (code === undefined ? undefined : byCode[code]) ?? byStatus[status] ?? (status < 500 ? badRequest : failed);
  const type = code === undefined || code in byCode ? usual.type : code;
  return { type: "error", error: { type, message: message ?? usual.message } };
}

interface UsualError {
  readonly type: string;
  readonly message: string;
}

const badRequest: UsualError = { type: "invalid_request_error", message: "The request is not valid." };
const failed: UsualError = { type: "api_error", message: "Internal server error" };

/** What other interfaces have a code for. */
const byCode: Readonly<Record<string, UsualError>> = {
  insufficient_quota: { type: "billing_error", message: "Your credit balance is too low to access the Anthropic API." },
  context_length_exceeded: {
    type: "invalid_request_error",
    message: "prompt is too long: 210000 tokens > 200000 maximum",
  },
  model_not_found: { type: "not_found_error", message: "model: there is none of this name" },
};

const byStatus: Readonly<Record<number, UsualError>> = {
  401: { type: "authentication_error", message: "invalid x-api-key" },
  402: { type: "billing_error", message: "Your credit balance is too low to access the Anthropic API." },
  403: { type: "permission_error", message: "Your API key does not have permission to use this model." },
  404: { type: "not_found_error", message: "model: there is none of this name" },
  413: { type: "request_too_large", message: "Request exceeds the maximum size" },
  429: { type: "rate_limit_error", message: "This request would exceed your organization's rate limit." },
  500: failed,
  503: { type: "api_error", message: "The service is unavailable." },
  529: { type: "overloaded_error", message: "Overloaded" },
};
