import { isRunId } from "./run-id.ts";

/**
 * The environment variable that every process of a run inherits: the ids of its run and of the runs around it,
 * outermost first.
 */
export const MARKER = "HITCH_RUN";

/** The marker's value for a run inside `parents`. */
export function formatMarker(parents: readonly string[], runId: string): string {
  return [...parents, runId].join("/");
}

/** The run ids in a marker's value; what isn't one is dropped. */
export function parseMarker(value: string | undefined): readonly string[] {
  return (value ?? "").split("/").filter(isRunId);
}

/** The run ids marked in the NUL-separated text of a /proc/PID/environ. */
export function markedRuns(environ: string): readonly string[] {
  const start = environ.startsWith(`${MARKER}=`) ? 0 : environ.indexOf(`\0${MARKER}=`) + 1;
  if (start === 0 && !environ.startsWith(`${MARKER}=`)) return [];
  return parseMarker(environ.slice(start + MARKER.length + 1).split("\0", 1)[0]);
}
