/** Where a run works: opened before its first attempt, compared after its last, and closed when nothing of it is alive. */
import type { RunProcesses } from "../effects/process/index.ts";
import { buildEnvironment } from "../policy/environment.ts";
import type { Applied, Workspace } from "../vocabulary/result.ts";
import { watchChanges, type ReadChanges } from "./changes.ts";
import type { RunContext } from "./execute.ts";
import type { ResolvedOptions } from "./resolve.ts";
import { openWorktree } from "./workspace-worktree.ts";

export interface OpenWorkspace {
  /** The same options with the directories of the workspace instead of the caller's. */
  readonly move: (resolved: ResolvedOptions) => ResolvedOptions;
  /** To be called just before the first attempt. Never rejects. */
  watch(): Promise<ReadChanges>;
  /** Puts everything back to how it was at the start, between two attempts. Absent: that cannot be done. */
  readonly reset?: () => Promise<void>;
  /** What the result says of it; final when the changes were read. */
  readonly summary: Workspace;
  /** `apply` of the result, when the changes were read. Absent: they are where the caller has them. */
  readonly apply?: () => Promise<Applied>;
  /** To be called when no process of the run is alive any more. */
  close(): Promise<void>;
}

/** Rejects with a HarnessError; nothing is left then. `startedAtMs` is of the clock `performance.now`. */
export async function openWorkspace(
  context: RunContext,
  processes: RunProcesses,
  startedAtMs: number,
): Promise<OpenWorkspace> {
  const { resolved, surroundings } = context;
  const env = buildEnvironment({ inherited: surroundings.env, cwd: resolved.cwd, added: resolved.env });
  const { workspace } = resolved;
  if (workspace.type === "worktree") return openWorktree({ ...workspace, context, env, processes, startedAtMs });
  return {
    move: (options) => options,
    watch: () => watchChanges(context, env, processes, startedAtMs),
    summary: { type: "in-place" },
    close: () => Promise.resolve(),
  };
}
