import { createServer } from "node:net";
import { readProc } from "./proc.ts";
import type { TagRange } from "./tag.ts";
import { innerRanges, isInRange } from "./tag.ts";

/** A range of tags that nobody else gives to a run until it is released. */
export interface Claim {
  readonly range: TagRange;
  readonly release: () => void;
}

/**
 * Claims a free range for a run of a host that itself runs under `hostTag`; `undefined` when all are taken.
 *
 * Several hosts may run under one tag (a batch started inside of a run), each with a state directory of its own, so
 * the lock has to be where they all are: the name of an abstract Unix socket, which the kernel frees with its holder,
 * SIGKILL included. What a killed holder left alive still carries the tag, and so keeps the range taken until it is
 * dead.
 */
export async function claimInnerRange(hostTag: bigint): Promise<Claim | undefined> {
  const tagsInUse = [...readProc()].flatMap((entry) => entry.tag() ?? []);
  for (const range of innerRanges(hostTag)) {
    if (tagsInUse.some((tag) => isInRange(tag, range))) continue;
    const release = await holdName(`hitch-tag-${range.highest}`);
    if (release !== undefined) return { range, release };
  }
  return undefined;
}

function holdName(name: string): Promise<(() => void) | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(undefined)); // EADDRINUSE: somebody else's
    server.listen(`\0${name}`, () => resolve(() => server.close()));
    server.unref();
  });
}
