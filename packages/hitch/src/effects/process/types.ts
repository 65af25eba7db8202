import type { Exit } from "../../provider.ts";
import type { Containment } from "../../vocabulary/result.ts";
import type { HostState } from "./host.ts";

/** What a run is opened with. */
export interface RunRequest {
  /** Hitch's id of the run: 11 hex digits, see `newRunId`. */
  readonly runId: string;
  /** Where the records of live runs are kept; this run's folder is `<activeDirectory>/<runId>`. Made when missing. */
  readonly activeDirectory: string;
  /** The directory the run is about; only for the record, so that a sweep can name it. */
  readonly cwd: string;
  /**
   * How long the reaper lets the run live without hearing from this process (its event loop blocked or stopped).
   * Default 120 000.
   */
  readonly renewWithinMs?: number;
}

/**
 * Everything that keeps a run's processes findable and mortal: the record on disk, the registration with the reaper,
 * and the tag and marker that every process of the run inherits. A run starts its attempts one after another.
 */
export interface RunProcesses {
  readonly runId: string;
  /** The run's folder, mode 0700. It is removed as a whole by `close`, by the reaper or by a later sweep. */
  readonly directory: string;
  /** A folder in it for the run's own files. */
  readonly scratchDirectory: string;
  readonly containment: Containment;
  /** Starts one agent. Rejects with a `StartError`, and then nothing is left running. */
  start(request: StartRequest): Promise<AgentProcess>;
  /** Everything of the run that is alive now, the agent included. */
  processes(): readonly ProcessInfo[];
  /**
   * Gives the run up: ends what still runs unless it is to be kept, removes the registration and the folder.
   * Idempotent. Rejects if the folder can't be removed; a later sweep tries again.
   */
  close(): Promise<void>;
}

/** One agent to start. */
export interface StartRequest {
  /** An absolute path, a path with a slash (relative to `cwd`), or a name to look up on `env.PATH`. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment of the agent; only `HITCH_RUN` is added. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string | Uint8Array;
  /** Default false: stdin ends after `stdin`. */
  readonly keepStdinOpen?: boolean;
  /** bubblewrap and its arguments, up to the `--` before the agent: see `policy/sandbox.ts`. */
  readonly sandbox?: readonly string[];
  /** From SIGTERM to SIGKILL when the agent is ended. Default 3000. */
  readonly graceMs?: number;
}

/** One running agent. */
export interface AgentProcess {
  /** The agent's own, as seen from here, also in a sandbox. */
  readonly pid: number;
  /**
   * Both streams at once, in bounded memory; to be iterated once. Not pulling stops the reading, and so in the end
   * the agent. Ends when both pipes have, or, once the agent has exited, after 100 ms without data or 1 s of waiting for
   * more: a grandchild may hold them for ever, and may go on printing. Leaving the loop early closes the pipes.
   */
  readonly output: AsyncIterable<Output>;
  /**
   * Resolves when the agent itself has exited, whoever still holds its pipes; with neither code nor signal if it could not
   * be killed. Never rejects.
   */
  readonly exit: Promise<Exit>;
  /** With `keepStdinOpen`: more input. Ignored once stdin is closed or the agent gone. */
  write(text: string): void;
  closeStdin(): void;
  /**
   * Ends the agent and all that descends from it: SIGTERM to the agent, grace, SIGKILL to every process of the run
   * until none is found any more. Idempotent; a second call with `at-once` cuts the grace short. Resolves with what
   * could not be killed within 10 s: normally nothing.
   */
  end(pace?: "gracefully" | "at-once"): Promise<readonly ProcessInfo[]>;
  /** Ends the agent alone: SIGTERM, grace, SIGKILL. What it started is left to `settleLeftovers`. */
  dismiss(): Promise<void>;
  /**
   * To be called after `exit` and the end of `output`. Resolves with the processes that outlived the agent by more
   * than 100 ms; with `end` they have then been ended (SIGTERM, short grace, SIGKILL), with `keep` they live on and
   * nothing watches them after the run's `close`.
   */
  settleLeftovers(leftovers: "end" | "keep"): Promise<readonly Leftover[]>;
}

/** A piece of output, cut wherever the pipe cut it. */
export interface Output {
  readonly stream: "stdout" | "stderr";
  readonly bytes: Buffer;
}

/** One process of a run. */
export interface ProcessInfo {
  readonly pid: number;
  /** Its command line, at most 4096 characters. May hold secrets: redact before cutting and showing. */
  readonly command: string;
  /** Milliseconds since 1970, exact to about 10 ms (macOS: 1 s). */
  readonly startedAtMs: number;
}

/** A process that outlived its agent. */
export interface Leftover extends ProcessInfo {
  /** It is to be kept, or it could not be killed. */
  readonly isAlive: boolean;
}

/** A run whose host had died and whose remains were ended. */
export interface SweptRun {
  readonly runId: string;
  /** The run's folder. */
  readonly path: string;
  /** Absent, as `startedAt` is, if the record was lost. */
  readonly cwd?: string;
  readonly startedAt?: string;
  /** What was still alive and has been ended. */
  readonly processes: readonly ProcessInfo[];
  /** Why its folder could not be removed. Absent: it was. */
  readonly problem?: string;
}

/** A run that has a record: it is alive, or its host died. */
export interface LiveRun {
  readonly runId: string;
  /** The run's folder. */
  readonly directory: string;
  readonly cwd: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly host: { readonly pid: number; readonly machine: string; readonly state: HostState };
}
