/** Removes a directory whatever its folders' modes are: an agent, or a tool of its, may have made some read-only. */
import { chmod, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Removes a directory with all that is in it. One that is not there is removed already. */
export async function removeTree(directory: string): Promise<void> {
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true, maxRetries: 3 });
  try {
    await remove();
  } catch (error) {
    if (!["EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    await openFolders(directory);
    await remove();
  }
}

const ownerMayAll = 0o700;

/** From the top downwards: a folder that cannot be read does not tell what is in it. */
async function openFolders(folder: string): Promise<void> {
  const { mode } = await stat(folder);
  if ((mode & ownerMayAll) !== ownerMayAll) await chmod(folder, mode | ownerMayAll);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await openFolders(join(folder, entry.name));
  }
}
