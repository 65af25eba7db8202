/** Hitch runs any coding agent as a typed function call. This file is the library's table of contents. */
export { harness, type Harness } from "./harness.ts";
export type { HarnessOptions, ProviderChoice, ProviderOptions, Timeouts } from "./run/options.ts";
export type { Plan } from "./run/plan.ts";
export type { Outcome, Run } from "./run/run.ts";
export { HarnessError, type HarnessErrorInit } from "./vocabulary/error.ts";
export { codes, type CodeFacts, type ErrorCode } from "./vocabulary/codes.ts";
export type {
  AgentEvent,
  ErrorSummary,
  EventEnvelope,
  HitchEvent,
  PlanEntry,
  RunEvent,
  RunStatus,
  ToolKind,
  VerdictSummary,
} from "./vocabulary/events.ts";
export type {
  Attempt,
  Containment,
  EnforcedBy,
  FileChange,
  PermissionLevel,
  PermissionState,
  RunResult,
  Session,
} from "./vocabulary/result.ts";
export type { Cost, Usage } from "./vocabulary/usage.ts";
export {
  defineProvider,
  type Agent,
  type Capabilities,
  type Command,
  type Decoded,
  type Decoder,
  type Evidence,
  type Exit,
  type Failure,
  type Inquiry,
  type Launch,
  type OptionSupport,
  type Provider,
  type RunRequest,
  type Step,
} from "./provider.ts";
