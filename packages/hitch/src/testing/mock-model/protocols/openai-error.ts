import type { ErrorDetails } from "./protocol.ts";

/** An error object as OpenAI's interfaces send it, in a body and inside a stream. */
export function buildOpenAIError(status: number, { message, code }: ErrorDetails): unknown {
  const usual =
    (code === undefined ? undefined : byCode[code]) ?? byStatus[status] ?? byStatus[status < 500 ? 400 : 500];
  return {
    error: { message: message ?? usual?.message, type: usual?.type, param: null, code: code ?? usual?.code ?? null },
  };
}

interface UsualError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
}

const byCode: Readonly<Record<string, UsualError>> = {
  insufficient_quota: {
    type: "insufficient_quota",
    message: "You exceeded your current quota, please check your plan and billing details.",
  },
  context_length_exceeded: {
    type: "invalid_request_error",
    message:
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 140000 tokens. " +
      "Please reduce the length of the messages.",
  },
};

const byStatus: Readonly<Record<number, UsualError>> = {
  400: { type: "invalid_request_error", message: "The request is not valid." },
  401: { type: "invalid_request_error", message: "Incorrect API key provided.", code: "invalid_api_key" },
  402: { type: "insufficient_quota", message: "Payment required: the balance is used up.", code: "payment_required" },
  403: { type: "permission_error", message: "You are not allowed to use this model.", code: "permission_denied" },
  404: { type: "invalid_request_error", message: "The model does not exist.", code: "model_not_found" },
  413: { type: "invalid_request_error", message: "The request is too large.", code: "request_too_large" },
  429: { type: "requests", message: "Rate limit reached, please slow down.", code: "rate_limit_exceeded" },
  500: { type: "server_error", message: "The server had an error while processing your request." },
  503: { type: "server_error", message: "The engine is currently overloaded, please try again later." },
};
