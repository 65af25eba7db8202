/** Removes a directory whatever its folders' modes and depth are: an agent, or a tool of its, may have made it so. */
import { randomUUID } from "node:crypto";
import { chmod, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Removes a directory with all that is in it. One that is not there is removed already. */
export async function removeTree(directory: string): Promise<void> {
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true, maxRetries: 3 });
  try {
    await remove();
  } catch (error) {
    if (!["EACCES", "EPERM", "ENAMETOOLONG"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    await openFolders(directory);
    await remove();
  }
}

const ownerMayAll = 0o700;

/** Far from the 4096 bytes that a system takes for a path. */
const depthLimitBytes = 1024;

/** From the top downwards: a folder that cannot be read does not tell what is in it. One that is too deep comes to the top. */
async function openFolders(top: string): Promise<void> {
  const folders = [top];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const { mode } = await stat(folder);
    if ((mode & ownerMayAll) !== ownerMayAll) await chmod(folder, mode | ownerMayAll);
    const isDeep = Buffer.byteLength(folder) - Buffer.byteLength(top) > depthLimitBytes;
    const place = isDeep ? join(top, randomUUID()) : folder;
    if (isDeep) await rename(folder, place);
    for (const entry of await readdir(place, { withFileTypes: true })) {
      if (entry.isDirectory()) folders.push(join(place, entry.name));
    }
  }
}
