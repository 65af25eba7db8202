/** What an agent has written to a log of its own. */
import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** The last errors in it are what matters; each may hold all that was sent to the model. */
const limitBytes = 16 * 1024 * 1024;

/** Reads its last 16 MiB. Empty if it cannot be read, or something else has taken its place: it only explains. */
export async function readLogFile(path: string): Promise<Uint8Array> {
  try {
    // No link that an agent has put there leads anywhere, and no pipe is waited for.
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = await file.stat();
    if (!stats.isFile()) return new Uint8Array();
    const length = Math.min(stats.size, limitBytes);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position: stats.size - length });
    return buffer.subarray(0, bytesRead);
  } catch {
    return new Uint8Array();
  }
}
