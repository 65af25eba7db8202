/** What a run ends with. A failed run has everything that a successful one has, as far as it got. */
import type { VerdictSummary } from "./events.ts";
import type { Cost, Usage } from "./usage.ts";

/** How much an agent may do. `read-only`: no edits, no commands. `workspace`: edits in `cwd` and `addDirs`, commands, network. */
export type PermissionLevel = "read-only" | "workspace" | "unrestricted";

/** Who sees to it that a permission level holds. */
export type EnforcedBy = "os" | "agent-rules" | "nothing";

/** The permission level of a run and what it rests on. */
export interface PermissionState {
  readonly level: PermissionLevel;
  readonly enforcedBy: EnforcedBy;
}

/** How the run's processes are found for cleaning up. */
export interface Containment {
  /** `tag`: by an inherited resource limit, nothing escapes. `marker`: by an environment variable, group and ancestry. */
  readonly tier: "tag" | "marker";
  /** Why it is not the strongest tier. */
  readonly detail?: string;
}

/** An agent's own conversation, as plain JSON: store it, and pass it as `session` to continue. */
export interface Session {
  readonly provider: string;
  readonly id: string;
  /** The directory the session belongs to. Agents lose or misplace a session continued elsewhere. */
  readonly cwd: string;
  /** What the session had used when the run ended, for agents that count over the whole session. */
  readonly totals?: { readonly usage?: Usage; readonly usd?: number };
}

/** A file that the agent's tools say they changed. `path` is absolute, or as the agent gave it. */
export interface FileChange {
  readonly path: string;
  readonly change: "create" | "edit" | "delete" | "move";
}

/** A file that is not as it was before the run. */
export interface ChangedFile extends FileChange {
  /** Where a moved file was. Absolute. */
  readonly from?: string;
  /** Lines; absent for a binary or very large file, and where only the agent's word is known. */
  readonly additions?: number;
  readonly deletions?: number;
}

/** What the run changed on disk. */
export interface Changes {
  /**
   * `git`: the working tree before and after, compared; where Git does not look, what the tools reported. `unknown`: Git
   * could not tell, so `files` is what the tools reported.
   */
  readonly source: "git" | "unknown";
  /** Why it is unknown. */
  readonly reason?: string;
  readonly files: readonly ChangedFile[];
  /** Lines over all files. */
  readonly additions?: number;
  readonly deletions?: number;
  /** All that Git compared, for `git apply` in the repository's root. */
  readonly patch?: string;
}

/**
 * Where the agent worked: in `cwd` itself, or in a Git worktree of it. `base` is the commit that it was made from (absent: it
 * could not be made), `path` where it is, if it was kept.
 */
export type Workspace =
  { readonly type: "in-place" } | { readonly type: "worktree"; readonly base?: string; readonly path?: string };

/** What `apply` did. */
export interface Applied {
  /** The files that it changed, as absolute paths; none if all of it was there already. */
  readonly files: readonly string[];
}

/** A way in which a value for the caller's schema was read. `repair`: from a last message whose JSON had to be mended. */
export type OutputVia = "native" | "tool" | "text" | "repair";

/** What an attempt gave for the caller's schema. */
export interface AttemptOutput {
  /** The way that gave the value; absent: none did. */
  readonly via?: OutputVia;
  /** What was wrong with the answers that did not fit, in their order. */
  readonly issues: readonly string[];
  /** Every answer as it came, in their order: JSON of submitted values, or the last message. */
  readonly raw: readonly string[];
}

/**
 * What an attempt was asked: the caller's `prompt`; as a `follow-up` only for a valid value, in the same session; to
 * `carry-on` in the same session after a failure; or the prompt as a `hand-over`, with what another agent had done.
 */
export type AttemptTask = "prompt" | "follow-up" | "carry-on" | "hand-over";

/** One process of a run. */
export interface Attempt {
  readonly provider: string;
  readonly task: AttemptTask;
  readonly verdict: VerdictSummary;
  readonly exit: { readonly code: number | null; readonly signal: string | null } | null;
  readonly stderr: { readonly head: string; readonly tail: string };
  /** Executable and arguments, redacted. */
  readonly command: readonly string[];
  readonly durationMs: number;
  readonly usage: Usage;
  readonly cost: Cost;
  /** With `schema`. */
  readonly output?: AttemptOutput;
}

/** What a run gives. */
export interface RunResult<Output = unknown> {
  readonly runId: string;
  /** The value that the schema accepted, as the schema gives it back; `undefined` without one. */
  readonly output: Output;
  /** The agent's final answer. */
  readonly text: string;
  readonly provider: string;
  readonly model?: string;
  readonly session?: Session;
  readonly permissions: PermissionState;
  /** The run had a private home, in which its session is: it is continued with the same. */
  readonly isolation?: "clean";
  readonly usage: Usage;
  /** Usage by model id, as far as the agent tells. */
  readonly usageByModel: Readonly<Record<string, Usage>>;
  readonly cost: Cost;
  /** Calls of the model. */
  readonly turns: number;
  readonly durationMs: number;
  readonly changes: Changes;
  readonly workspace: Workspace;
  /**
   * Puts the changes of a worktree into the working tree that it was made from: all of them or none. What differs there by now
   * is merged. Index, stash and branches stay as they are. Only results of runs in a worktree have it, and it does not travel: JSON
   * and copies are without. Rejects with a HarnessError `apply-failed`; with the reason `conflict` its `files` tells which.
   */
  readonly apply?: () => Promise<Applied>;
  readonly warnings: readonly string[];
  readonly containment: Containment;
  readonly attempts: readonly Attempt[];
  readonly metadata?: Readonly<Record<string, unknown>>;
}
