import { parseMarker, MARKER } from "./marker.ts";
import { findPrlimit, prlimitCommand } from "./prlimit.ts";
import { readText } from "./proc.ts";
import { claimInnerRange } from "./slots.ts";
import type { TagRange } from "./tag.ts";
import { isTag, outermostRange, parseRealtimeLimit, runIdOfTag } from "./tag.ts";
import type { Containment } from "../../vocabulary/result.ts";

/** How the processes of a run are kept together. */
export interface Bonds {
  readonly containment: Containment;
  /** The words to put before the agent's command: none without a tag. */
  readonly wrapper: readonly string[];
  readonly range?: TagRange;
  /** Gives the range back, once nothing of the run is alive. */
  readonly release: () => void;
}

/** Takes the strongest tier that this system and this host allow. */
export async function bondsFor(runId: string): Promise<Bonds> {
  if (process.platform === "win32") return markerOnly("Windows is untested: only the agent itself is ended");
  if (process.platform !== "linux")
    return markerOnly(
      `${process.platform} has no inheritable tag: a daemon with an emptied environment may outlive the run`,
    );
  const limit = ownLimit();
  if (limit === undefined) return tagged(outermostRange(runId), () => undefined);
  if (!isTag(limit))
    return markerOnly("the limit for realtime CPU time is already set here, so runs can't be tagged with it");
  const claim = await claimInnerRange(limit);
  return claim
    ? tagged(claim.range, claim.release)
    : markerOnly("too many runs inside of runs: there is no tag left for this one");
}

/** The runs that this process is itself inside of, outermost first. */
export function parentRuns(): readonly string[] {
  const marked = parseMarker(process.env[MARKER]);
  const limit = process.platform === "linux" ? ownLimit() : undefined;
  // The marker may have been wiped off on the way; the tag still names the outermost run.
  const outermost = limit !== undefined && isTag(limit) ? [runIdOfTag(limit)] : [];
  return [...new Set([...outermost, ...marked])];
}

async function tagged(range: TagRange, release: () => void): Promise<Bonds> {
  const prlimit = await findPrlimit(range.highest);
  if (prlimit === undefined) {
    release();
    return markerOnly("util-linux' prlimit is not there or may not set limits, so runs can't be tagged");
  }
  return { containment: { tier: "tag" }, wrapper: prlimitCommand(prlimit, range.highest), range, release };
}

function markerOnly(detail: string): Bonds {
  return { containment: { tier: "marker", detail }, wrapper: [], release: () => undefined };
}

function ownLimit(): bigint | undefined {
  return parseRealtimeLimit(readText("/proc/self/limits") ?? "");
}
