/** Merges a patch with a snapshot, among objects alone: no file is written. */
import { join, resolve } from "node:path";
import { ConflictError } from "./apply-errors.ts";
import { keyOf, look, readRecords } from "./apply-steps.ts";
import { assertExit, explainFailure, GitError, type GitOutput, type RunGit } from "./command.ts";
import { copyPlainFile } from "./copy-plain-file.ts";
import { indexNow, inScratch, writeTree, type Snapshot } from "./snapshot.ts";

const indexMerged = "index-merged";

/**
 * The tree with the patch in it; `undefined` if it was there already.
 *
 * @throws ConflictError, GitError
 */
export async function mergePatch(runGit: RunGit, snapshot: Snapshot, patch: string): Promise<string | undefined> {
  const { scratch, repository } = snapshot;
  copyPlainFile(join(scratch, indexNow), join(scratch, indexMerged));
  const settings = ["-c", "apply.ignoreWhitespace=no", "-c", "rerere.enabled=false"];
  const apply = [...settings, "apply", "--cached", "--whitespace=nowarn"];
  const forward = await runGit({ ...inScratch(snapshot, [...apply, "--3way"], indexMerged), stdin: patch });
  assertExit(forward, [0, 1]);
  if (forward.exitCode === 0) return await writeTree(runGit, snapshot, indexMerged);
  const back = await runGit({ ...inScratch(snapshot, [...apply, "--check", "--reverse"]), stdin: patch });
  assertExit(back, [0, 1]);
  if (back.exitCode === 0) return undefined;
  const rest = await leaveOutDeleted(runGit, snapshot, patch);
  if (rest !== patch) return rest === "" ? undefined : await mergePatch(runGit, snapshot, rest);
  const names = readConflicts(forward);
  if (names.length === 0) throw new GitError(`git: ${explainFailure(forward)}`);
  throw new ConflictError(names.map((name) => resolve(repository.root, name)));
}

/** `Applied patch to 'a.txt' with conflicts.`, `error: a.txt: does not exist in index`. */
function readConflicts({ stderr }: GitOutput): readonly string[] {
  const merged = [...stderr.matchAll(/^Applied patch to '(.+)' with conflicts\.$/gm)];
  const refused = [...stderr.matchAll(/^error: (?!patch failed: |cannot read )(.+): [^:]+$/gm)];
  return [...new Set([...merged, ...refused].map(([, name = ""]) => name))];
}

/** Git takes it for a conflict that a file to be deleted is gone already. */
async function leaveOutDeleted(runGit: RunGit, snapshot: Snapshot, patch: string): Promise<string> {
  // No other line begins like that: those of a file's content have a sign before them.
  const parts = patch.split(/(?<=\n)(?=diff --git )/);
  const deleted = new Map(parts.map((part) => [part, readDeleted(part)]));
  if ([...deleted.values()].every((name) => name === undefined)) return patch;
  const listed = await runGit(inScratch(snapshot, ["ls-files", "-z"]));
  assertExit(listed);
  if (listed.stdoutBytes > listed.stdout.length) return patch;
  const known = new Set(readRecords(listed.stdout).map(keyOf));
  const { root } = snapshot.repository;
  return parts
    .filter((part) => {
      const name = deleted.get(part);
      // An ignored one is there, though git does not know it.
      return name === undefined || known.has(keyOf(name)) || look(name, root) !== undefined;
    })
    .join("");
}

/** The name of the file that this part of a patch deletes: `diff --git a/NAME b/NAME`, `deleted file mode 100644`. */
function readDeleted(part: string): Buffer | undefined {
  const [, quoted, plain] = /^diff --git (?:"a\/(.+)" "b\/\1"|a\/(.+) b\/\2)\ndeleted file mode /.exec(part) ?? [];
  if (quoted !== undefined) return unquote(quoted);
  return plain === undefined ? undefined : Buffer.from(plain);
}

const escapes: Readonly<Record<string, string>> = { a: "\x07", b: "\b", t: "\t", n: "\n", v: "\v", f: "\f", r: "\r" };

/** `\303\244 \"x\"`; what is not escaped is ASCII. */
function unquote(quoted: string): Buffer {
  const bytes = quoted.replaceAll(/\\([0-7]{3}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? code),
  );
  return Buffer.from(bytes, "latin1");
}
