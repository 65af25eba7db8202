/** The one error class. */
import { codes, type ErrorCode } from "./codes.ts";
import type { ErrorSummary } from "./events.ts";
import type { RunResult } from "./result.ts";

const marker = Symbol.for("hitch.HarnessError");

/** What an error is made of. */
export interface HarnessErrorInit {
  readonly code: ErrorCode;
  readonly message: string;
  /** The option at fault, for `invalid-options` and `unsupported-option`. */
  readonly option?: string;
  /** What is wrong with it, as one word: `unknown`, `empty`, `not-utf8` … */
  readonly reason?: string;
  /** Those in conflict, for `apply-failed`. Absolute paths. */
  readonly files?: readonly string[];
  /** Replaces the code's general hint. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** What the run had when it failed. */
  readonly result?: Partial<RunResult>;
}

/**
 * Why a run failed. Carries what the run had until then (`result`), so that nothing is lost.
 *
 * @example
 * try {
 *   await harness("Fix the bug", { provider: "opencode" });
 * } catch (error) {
 *   if (HarnessError.isInstance(error) && error.retryable) await later();
 * }
 */
export class HarnessError extends Error {
  override readonly name = "HarnessError";
  readonly [marker] = true;
  readonly code: ErrorCode;
  /** What to do about it. Ends with where the package's docs say more. */
  readonly hint: string;
  readonly retryable: boolean;
  readonly option?: string;
  readonly reason?: string;
  readonly files?: readonly string[];
  readonly result: Partial<RunResult>;

  constructor(init: HarnessErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.hint = withLink(init.hint ?? codes[init.code].hint, init.code);
    this.retryable = codes[init.code].retryable;
    if (init.option !== undefined) this.option = init.option;
    if (init.reason !== undefined) this.reason = init.reason;
    if (init.files !== undefined) this.files = init.files;
    this.result = init.result ?? {};
  }

  /** Recognises an error of any copy of Hitch in the process. */
  static isInstance(value: unknown): value is HarnessError {
    return typeof value === "object" && value !== null && marker in value;
  }
}

/** The hint of an error that is a copy has its link already. */
function withLink(hint: string, code: ErrorCode): string {
  const link = ` More: docs/errors.md#${code}.`;
  if (hint.endsWith(link)) return hint;
  return `${hint}${/[.!?]$/.test(hint) ? "" : "."}${link}`;
}

/** Any exception as a HarnessError. What is not one already is a fault of ours, or of a provider: `internal`. */
export function toHarnessError(error: unknown): HarnessError {
  if (HarnessError.isInstance(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new HarnessError({ code: "internal", message, cause: error });
}

/** The error as plain data, for events and HTTP. */
export function summarizeError(error: HarnessError): ErrorSummary {
  return {
    code: error.code,
    message: error.message,
    hint: error.hint,
    retryable: error.retryable,
    ...(error.option !== undefined && { option: error.option }),
    ...(error.reason !== undefined && { reason: error.reason }),
  };
}
