/** Removes a directory whatever its folders' modes, names and depth are: an agent, or its tools, may have made it so. */
import { randomUUID } from "node:crypto";
import { chmod, readdir, rename, rm, stat } from "node:fs/promises";
import { below } from "./paths.ts";

/** Removes a directory with all that is in it. One that is not there is removed already. */
export async function removeTree(directory: string): Promise<void> {
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true, maxRetries: 3 });
  try {
    await remove();
  } catch (error) {
    if (!["EACCES", "EPERM", "ENAMETOOLONG"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    await openFolders(Buffer.from(directory));
    await remove();
  }
}

const ownerMayAll = 0o700;

/** Far from the 4096 bytes that a system takes for a path. */
const depthLimitBytes = 1024;

/** From the top downwards: a folder that cannot be read does not tell what is in it. One that is too deep comes to the top. */
async function openFolders(top: Buffer): Promise<void> {
  const folders = [top];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    try {
      const { mode } = await stat(folder);
      if ((mode & ownerMayAll) !== ownerMayAll) await chmod(folder, mode | ownerMayAll);
      const isDeep = folder.length - top.length > depthLimitBytes;
      const place = isDeep ? below(top, Buffer.from(randomUUID())) : folder;
      if (isDeep) await rename(folder, place);
      for (const entry of await readdir(place, { withFileTypes: true, encoding: "buffer" })) {
        if (entry.isDirectory()) folders.push(below(place, entry.name));
      }
    } catch (error) {
      // Another process is removing it too.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}
