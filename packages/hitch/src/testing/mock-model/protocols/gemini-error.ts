import type { ErrorDetails } from "./protocol.ts";

/** An error object as Google's interfaces send it, in a body and inside a stream. `code` becomes its `status`. */
export function buildGeminiError(status: number, { message, code }: ErrorDetails): unknown {
  const usual =
    (code === undefined ? undefined : byCode[code]) ?? byStatus[status] ?? (status < 500 ? badRequest : failed);
  const name = code === undefined || code in byCode ? usual.status : code;
  const details = usual.details === undefined ? {} : { details: usual.details };
  return { error: { code: status, message: message ?? usual.message, status: name, ...details } };
}

interface UsualError {
  readonly status: string;
  readonly message: string;
  readonly details?: readonly unknown[];
}

const badRequest: UsualError = { status: "INVALID_ARGUMENT", message: "Request contains an invalid argument." };
const failed: UsualError = { status: "INTERNAL", message: "An internal error has occurred." };
const notFound: UsualError = {
  status: "NOT_FOUND",
  message: "models/mock-model is not found for API version v1beta, or is not supported for generateContent.",
};

/** What other interfaces have a code for. */
const byCode: Readonly<Record<string, UsualError>> = {
  insufficient_quota: {
    status: "RESOURCE_EXHAUSTED",
    message: "You exceeded your current quota, please check your plan and billing details.",
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        violations: [
          {
            quotaMetric: "generativelanguage.googleapis.com/generate_content_requests",
            quotaId: "GenerateRequestsPerDayPerProjectPerModel",
          },
        ],
      },
    ],
  },
  context_length_exceeded: {
    status: "INVALID_ARGUMENT",
    message: "The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).",
  },
  model_not_found: notFound,
};

const byStatus: Readonly<Record<number, UsualError>> = {
  401: { status: "UNAUTHENTICATED", message: "Request had invalid authentication credentials." },
  403: { status: "PERMISSION_DENIED", message: "Your API key is not allowed to use this model." },
  404: notFound,
  429: { status: "RESOURCE_EXHAUSTED", message: "Resource has been exhausted (e.g. check quota)." },
  500: failed,
  503: { status: "UNAVAILABLE", message: "The model is overloaded. Please try again later." },
};
