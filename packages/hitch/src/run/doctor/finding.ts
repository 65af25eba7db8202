/** What an examination says. */
import { codes, type ErrorCode } from "../../vocabulary/codes.ts";
import type { HarnessError } from "../../vocabulary/error.ts";

/** What was looked at: of the machine, then of a provider. */
export type Check =
  | "node"
  | "directory"
  | "git"
  | "state"
  | "containment"
  | "environment"
  | "program"
  | "version"
  | "login"
  | "options"
  | "probe";

/** One thing that was looked at. `message` says how it is, `hint` what to do. With a problem no run can succeed. */
export type Finding =
  | { readonly check: Check; readonly status: "ok"; readonly message: string }
  | { readonly check: Check; readonly status: "warning"; readonly message: string; readonly hint?: string }
  | {
      readonly check: Check;
      readonly status: "problem";
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string;
    };

export type Problem = Extract<Finding, { status: "problem" }>;

export function ok(check: Check, message: string): Finding {
  return { check, status: "ok", message };
}

export function warning(check: Check, message: string, hint?: string): Finding {
  return { check, status: "warning", message, ...(hint !== undefined && { hint }) };
}

/** The error that a run would end with. */
export function problem(
  check: Check,
  { code, message, hint }: Pick<HarnessError, "code" | "message" | "hint">,
): Finding {
  return { check, status: "problem", code, message, hint };
}

/** The exit code of these problems; what is wrong with an agent that is there says more than that another one is missing. */
export function exitCodeOfProblems(problems: readonly Problem[]): number {
  const telling = problems.find(({ code }) => code !== "executable-not-found") ?? problems[0];
  return telling === undefined ? 0 : codes[telling.code].exitCode;
}

export function problemsIn(findings: readonly Finding[]): readonly Problem[] {
  return findings.filter((finding) => finding.status === "problem");
}
