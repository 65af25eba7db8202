import type { RunMark } from "./members.ts";

/**
 * What a host tells its reaper: one JSON object per line on the reaper's stdin. The end of the stream is the host's
 * death.
 */
export type ReaperMessage =
  | { readonly type: "watch"; readonly watch: Watch }
  /** Any message gives all runs of the host their time again; this one does nothing else. */
  | { readonly type: "renew" }
  | { readonly type: "done"; readonly runId: string };

/** A run for the reaper to end when the host is gone, or silent for too long. */
export interface Watch {
  readonly mark: RunMark;
  readonly activeDirectory: string;
  readonly renewWithinMs: number;
}
