/** Files that `git add --all` passes over without a word, though they are there and not ignored, or are tracked by now. */
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { assertExit, type GitOutput, type RunGit } from "./command.ts";
import { excludedInside, indexNow, inScratch, quickStore, type Place } from "./scratch.ts";

/**
 * Takes back, in the snapshot's index, that git was told not to look at files (`--skip-worktree`, `--assume-unchanged`), if they
 * are there.
 *
 * @throws GitError
 */
export async function clearMarks(runGit: RunGit, place: Place): Promise<void> {
  if (!mayHaveMarks(join(place.scratch, indexNow))) return;
  const output = await runGit(inScratch(place, ["ls-files", "-z", "-v"]));
  assertExit(output);
  const marked = output.stdout
    .toString()
    .split("\0")
    .slice(0, -1)
    .filter((record) => /^[a-zS] /.test(record));
  const isThere = watchFolders(place.repository.root);
  const there = marked.filter((record) => isThere(record.slice("S ".length)));
  // Of two marks git takes back only one at a time.
  await clearMark(
    runGit,
    place,
    "--no-assume-unchanged",
    there.filter((record) => /^[a-z]/.test(record)),
  );
  await clearMark(
    runGit,
    place,
    "--no-skip-worktree",
    there.filter((record) => /^s/i.test(record)),
  );
}

async function clearMark(runGit: RunGit, place: Place, flag: string, records: readonly string[]): Promise<void> {
  if (records.length === 0) return;
  const stdin = records.map((record) => `${record.slice("S ".length)}\0`).join("");
  assertExit(await runGit({ ...inScratch(place, ["update-index", flag, "-z", "--stdin"]), stdin }));
}

/** Whether a file below the root is there. Sparse checkouts lack whole folders: each is looked at once. */
function watchFolders(root: string): (path: string) => boolean {
  const known = new Map([[".", true]]);
  const isThere = (path: string): boolean => {
    const folder = dirname(path);
    const hasFolder = known.get(folder) ?? isThere(folder);
    known.set(folder, hasFolder);
    return hasFolder && look(join(root, path)) !== undefined;
  };
  return isThere;
}

/**
 * Without git: to list all files of a large repository takes longer than the agent should wait for nothing. `false` only if it
 * is sure.
 */
export function mayHaveMarks(path: string): boolean {
  if (!existsSync(path)) return false;
  const index = readFileSync(path);
  if (index.length < headerBytes || index.toString("latin1", 0, 4) !== "DIRC") return true;
  const [version, count] = [index.readUInt32BE(4), index.readUInt32BE(8)];
  // Later ones shorten the names.
  if (version !== 2 && version !== 3) return true;
  let at = headerBytes;
  for (let entry = 0; entry < count; entry++) {
    if (at + flagsAt + 2 > index.length) return true;
    const flags = index.readUInt16BE(at + flagsAt);
    // The first bit says that there is such a mark, the second that there are further bits.
    const nameBytes = flags & 0xfff;
    if (flags & 0xc000 || nameBytes === 0xfff || nameBytes === 0) return true;
    const end = at + flagsAt + 2 + nameBytes;
    // A name ends with NUL, or this is an index with longer hashes.
    if (index[end] !== 0 || index[end - 1] === 0) return true;
    at += Math.ceil((end + 1 - at) / 8) * 8;
  }
  // The entries may be in another file.
  return index.toString("latin1", at, at + 4) === "link";
}

const headerBytes = 12;

/** After ten numbers and the hash. */
const flagsAt = 60;

/** Whether only a part of the files is checked out: then git adds none that lies outside of it. */
export function isSparse({ repository }: Place): boolean {
  return existsSync(join(repository.directory, "info/sparse-checkout"));
}

/**
 * Files below the root that the repository's own index has, though they are ignored.
 *
 * @throws GitError
 */
export async function listForced(runGit: RunGit, place: Place): Promise<readonly string[]> {
  const { args, cwd, env } = inScratch(place, ["ls-files", "-z", "--cached", "--ignored", "--exclude-standard"]);
  const output = await runGit({ args, cwd, env: { ...env, GIT_INDEX_FILE: place.repository.index } });
  assertExit(output);
  const excluded = excludedInside(place);
  const isLeftOut = (path: string): boolean => excluded.some((name) => path === name || path.startsWith(`${name}/`));
  const paths = output.stdout.toString().split("\0").slice(0, -1);
  return paths.filter((path) => !isLeftOut(path) && look(join(place.repository.root, path))?.isDirectory() === false);
}

/** Adds files whatever git thinks of them. */
export async function addFiles(runGit: RunGit, place: Place, paths: readonly string[]): Promise<GitOutput> {
  const stdin = paths.map((path) => `${path}\0`).join("");
  const update = [...quickStore, "update-index", "--add", "--remove", "-z", "--stdin"];
  const output = await runGit({ ...inScratch(place, update), stdin });
  // It ends at the first that it cannot read.
  assertExit(output, [0, 128]);
  return output;
}

function look(path: string): ReturnType<typeof lstatSync> | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // Something above it is no folder, or nobody may look there.
  }
}
