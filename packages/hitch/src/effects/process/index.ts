// The door of the process layer: the only place of Hitch that starts, watches and ends processes.
export { findBubblewrap, probeBubblewrap } from "./bubblewrap.ts";
export { lookAtHost, thisHost } from "./host.ts";
export type { Host } from "./host.ts";
export { findPackaged } from "./packaged.ts";
export { resolveExecutable, resolveInterpreter } from "./resolve-executable.ts";
export { isRunId, newRunId } from "./run-id.ts";
export { endLiveRun, findLiveRun } from "./live-runs.ts";
export { openRun } from "./open-run.ts";
export { sweepAbandoned } from "./sweep.ts";
export { StartError } from "./start-error.ts";
export type { StartFailure } from "./start-error.ts";
export type {
  AgentProcess,
  LiveRun,
  Output,
  ProcessInfo,
  RunProcesses,
  RunRequest,
  StartRequest,
  SweptRun,
} from "./types.ts";
