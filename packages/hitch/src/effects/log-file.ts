/** What an agent has written to a log of its own. */
import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** The last errors in it are what matters; each may hold all that was sent to the model. */
const limitBytes = 16 * 1024 * 1024;

/** Reads its last 16 MiB. Empty if it is not there, or something else has taken its place. */
export async function readLogFile(path: string): Promise<Uint8Array> {
  // No link that an agent has put there leads anywhere, and no pipe is waited for.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch(() => undefined);
  try {
    const stats = await file?.stat();
    if (file === undefined || stats?.isFile() !== true) return new Uint8Array();
    const length = Math.min(stats.size, limitBytes);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position: stats.size - length });
    return buffer.subarray(0, bytesRead);
  } finally {
    await file?.close();
  }
}
