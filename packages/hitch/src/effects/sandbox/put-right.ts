/** Takes away and puts back what an agent has left, which may be anything. The agent has ended. */
import { randomUUID } from "node:crypto";
import { chmod, lstat, readlink, rename, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isWithin } from "../../policy/sandbox.ts";

/** All by real paths. */
export interface Spot {
  readonly path: string;
  /** In these the agent may have made a link of each folder, and closed it. */
  readonly written: readonly string[];
}

/** Gives what is there another name beside it, which means nothing to Git. Undefined: nothing is there. */
export async function moveAside(spot: Spot): Promise<string | undefined> {
  return await inOpenFolders(spot, async () => {
    const aside = join(dirname(spot.path), `hitch-removed-${randomUUID()}`);
    try {
      await rename(spot.path, aside);
      return aside;
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    }
  });
}

export async function isLinkTo(spot: Spot, target: string): Promise<boolean> {
  return await inOpenFolders(spot, async () => {
    try {
      return (await readlink(spot.path)) === target;
    } catch (error) {
      // Not there, or no link any more.
      if (["ENOENT", "EINVAL"].includes(codeOf(error))) return false;
      throw error;
    }
  });
}

export async function makeLink(spot: Spot, target: string): Promise<void> {
  await inOpenFolders(spot, () => symlink(target, spot.path));
}

/** The folders are opened only if that is needed. */
async function inOpenFolders<Value>(spot: Spot, act: () => Promise<Value>): Promise<Value> {
  try {
    await checkFolders(spot, false);
    return await act();
  } catch (error) {
    if (!["EACCES", "EPERM"].includes(codeOf(error))) throw error;
    await checkFolders(spot, true);
    return await act();
  }
}

/** From the top downwards. By a link in the way something of elsewhere would be moved. */
async function checkFolders({ path, written }: Spot, open: boolean): Promise<void> {
  for (const folder of foldersAbove(path).reverse()) {
    if (!written.some((directory) => isWithin(folder, directory))) continue;
    const found = await lstat(folder);
    if (!found.isDirectory()) throw new Error(`${folder} is no folder any more`);
    if (open && (found.mode & ownerMayAll) !== ownerMayAll) await chmod(folder, found.mode | ownerMayAll);
  }
}

const ownerMayAll = 0o700;

function foldersAbove(path: string): string[] {
  const above = dirname(path);
  return above === path ? [] : [above, ...foldersAbove(above)];
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}
