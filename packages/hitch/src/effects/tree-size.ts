/** How large a directory is. */
import { lstat, readdir } from "node:fs/promises";
import { below } from "./paths.ts";

/** Both in bytes. */
export interface TreeSize {
  /** What a copy of it would have: holes and each name of a file count. */
  readonly apparent: number;
  /** What the disk has of it. */
  readonly onDisk: number;
}

/** What cannot be looked at counts nothing. Ends early, with less, when `stop` aborts. */
export async function sizeOfTree(directory: string, stop?: AbortSignal): Promise<TreeSize> {
  const size = { apparent: 0, onDisk: 0 };
  const linked = new Set<string>();
  const folders: Buffer[] = [Buffer.from(directory)];
  for (let folder = folders.pop(); folder !== undefined && stop?.aborted !== true; folder = folders.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true, encoding: "buffer" }).catch(() => [])) {
      const path = below(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      const found = await lstat(path).catch(() => undefined);
      if (found === undefined) continue;
      size.apparent += found.size;
      const file = `${found.dev}:${found.ino}`;
      if (!linked.has(file)) size.onDisk += found.blocks * 512;
      if (found.nlink > 1 && !entry.isDirectory()) linked.add(file);
    }
  }
  return size;
}
