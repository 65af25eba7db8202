// The tag of a run: an absurdly high RLIMIT_RTTIME (microseconds of CPU for realtime threads; 2^60 of them are 36 000
// years). Children inherit it through fork, exec, setsid, a double fork and `env -i`; nobody unprivileged can raise
// it again; anybody can read it in /proc/PID/limits. It is 2^60 + (44-bit run id << 16) + 16-bit slot.
//
// A run inside a run keeps the outermost run's id, since a limit can only be lowered, and gets a slot of its own
// below its host's. Slots are shared out like networks: a tag owns the whole range of slots that end in it, and a
// host hands out parts of its own range, the topmost part (which holds the host's own tag) excepted. So the range of
// a run follows from its tag alone, and holds all runs nested in it, whoever started them and wherever their records
// are.
//
//   depth 0   ffff         owns 0000-ffff    hands out 00ff, 01ff … feff    255 runs at once
//   depth 1   hhff         owns hh00-hhff    hands out hh0f, hh1f … hhef     15
//   depth 2   hhnf         owns hhn0-hhnf    hands out hhn0, hhn1 … hhne     15
//   depth 3   hhnn         owns itself       hands out nothing
const BASE = 2n ** 60n;
const SLOT_BITS = 16n;
const RANGE_SIZES = [0x1_0000n, 0x100n, 0x10n, 1n] as const;

/** A range of tags, both ends included; `highest` is the tag that the run's own processes carry. */
export interface TagRange {
  readonly lowest: bigint;
  readonly highest: bigint;
}

/** The tags of a run that isn't nested in another. */
export function outermostRange(runId: string): TagRange {
  return rangeOf(BASE + (BigInt(`0x${runId}`) << SLOT_BITS) + 0xffffn);
}

/** The ranges that a host running under `hostTag` may give to its runs, highest first. */
export function innerRanges(hostTag: bigint): readonly TagRange[] {
  const size = rangeSize(hostTag);
  const innerSize = RANGE_SIZES.find((candidate) => candidate < size);
  if (innerSize === undefined) return [];
  const count = Number(size / innerSize) - 1;
  return Array.from({ length: count }, (_, index) => rangeOf(hostTag - innerSize * BigInt(index + 1)));
}

/** Whether a limit is a tag of ours. */
export function isTag(limit: bigint): boolean {
  return limit >= BASE && limit < 2n * BASE;
}

/** The id of the outermost run that a tag belongs to. */
export function runIdOfTag(tag: bigint): string {
  return ((tag - BASE) >> SLOT_BITS).toString(16).padStart(11, "0");
}

/** Whether `tag` lies in the range. */
export function isInRange(tag: bigint, range: TagRange): boolean {
  return tag >= range.lowest && tag <= range.highest;
}

/**
 * The hard limit for realtime CPU time in the text of a /proc/PID/limits; `undefined` for unlimited or an unreadable
 * text.
 */
export function parseRealtimeLimit(limits: string): bigint | undefined {
  const hard = /^Max realtime timeout +\S+ +(\d+)/m.exec(limits)?.[1];
  return hard === undefined ? undefined : BigInt(hard);
}

function rangeOf(highest: bigint): TagRange {
  return { lowest: highest - rangeSize(highest) + 1n, highest };
}

function rangeSize(tag: bigint): bigint {
  return RANGE_SIZES.find((size) => (tag & (size - 1n)) === size - 1n) ?? 1n;
}
