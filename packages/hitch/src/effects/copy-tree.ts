/** Copies a directory that an agent has filled: names that are no text, and what cannot be read, stop nothing. */
import { chmod, copyFile, lstat, mkdir, readdir, readlink, symlink } from "node:fs/promises";
import { below } from "./paths.ts";

/**
 * Copies files, folders and links into a directory that is there. What else an agent has left, as a socket, is of
 * no use in a copy. Resolves with the paths of what cannot be read, which is left out; early, with a part of it,
 * when `stop` aborts, which is then looked at by the caller.
 */
export async function copyTree(from: string, to: string, stop: AbortSignal): Promise<readonly string[]> {
  const copying = { stop, unread: [] as string[] };
  const [source, target] = [Buffer.from(from), Buffer.from(to)];
  await orUnread(source, copying, async () => copyEntries(source, target, await namesIn(source), copying));
  return copying.unread;
}

interface Copying {
  readonly stop: AbortSignal;
  readonly unread: string[];
}

async function copyEntries(from: Buffer, to: Buffer, names: readonly Buffer[], copying: Copying): Promise<void> {
  for (const name of names) {
    if (copying.stop.aborted) return;
    const source = below(from, name);
    await orUnread(source, copying, () => copyOne(source, below(to, name), copying));
  }
}

async function copyOne(from: Buffer, to: Buffer, copying: Copying): Promise<void> {
  const found = await lstat(from);
  if (found.isDirectory()) {
    const names = await namesIn(from);
    await mkdir(to, { mode: 0o700 });
    await copyEntries(from, to, names, copying);
    // Its mode last: it may be one that must not be written.
    await chmod(to, found.mode & 0o7777);
  } else if (found.isSymbolicLink()) {
    await symlink(await readlink(from, { encoding: "buffer" }), to);
  } else if (found.isFile()) {
    await copyFile(from, to);
  }
}

function namesIn(folder: Buffer): Promise<Buffer[]> {
  return readdir(folder, { encoding: "buffer" });
}

/** Closed, too deep for a path, or gone by now: a process that may outlive its agent can remove it. */
const unreadable = ["EACCES", "EPERM", "ENAMETOOLONG", "ENOENT"];

/** The copy itself is ours: where something is refused, it is the reading. */
async function orUnread(path: Buffer, { unread }: Copying, copy: () => Promise<void>): Promise<void> {
  try {
    await copy();
  } catch (error) {
    if (!unreadable.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    unread.push(path.toString());
  }
}
