/** Hitch runs any coding agent as a typed function call. This file is the library's table of contents. */
export { harness, type Harness } from "./harness.ts";
export type { Call, EachLimits } from "./run/each.ts";
export type {
  HarnessOptions,
  Limits,
  ProviderChoice,
  ProviderOptions,
  Retries,
  Sandbox,
  Timeouts,
  WorkspaceChoice,
} from "./run/options.ts";
export type { OutputOf, Schema, TypedSchema } from "./output/schema.ts";
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
  Applied,
  Attempt,
  AttemptOutput,
  ChangedFile,
  Changes,
  Containment,
  EnforcedBy,
  FileChange,
  OutputVia,
  PermissionLevel,
  PermissionState,
  RunResult,
  Session,
  Workspace,
} from "./vocabulary/result.ts";
export type { McpServer, McpServers, McpTransport, RemoteMcpServer, StdioMcpServer } from "./vocabulary/mcp.ts";
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
  type KeptPlace,
  type Launch,
  type OptionSupport,
  type OutputRung,
  type OutputSupport,
  type Provider,
  type RunRequest,
  type SchemaDialect,
  type Step,
} from "./provider.ts";
