/** The verdict on an attempt whose process could not be started. */
import type { StartError } from "../effects/process/index.ts";
import type { FailedVerdict } from "../policy/verdict.ts";
import type { ErrorCode } from "../vocabulary/codes.ts";

export function judgeStart({ reason, message }: StartError): FailedVerdict {
  return { code: codes[reason], message, ...(reason === "sandbox-failed" && { option: "sandbox" }) };
}

const codes: Readonly<Record<StartError["reason"], ErrorCode>> = {
  "executable-not-found": "executable-not-found",
  "executable-not-runnable": "executable-not-found",
  "cwd-not-found": "cwd-not-found",
  "argument-too-long": "invalid-options",
  "spawn-failed": "internal",
  "sandbox-failed": "unsupported-option",
};
