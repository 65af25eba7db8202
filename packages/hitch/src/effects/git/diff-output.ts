/** Reads what `git diff-index -z --raw --numstat --patch` prints: records with NUL at their ends, then the patch. */
import { resolve } from "node:path";
import type { ChangedFile } from "../../vocabulary/result.ts";

export interface DiffOutput {
  readonly files: readonly ChangedFile[];
  /** Where the patch begins. */
  readonly patchStart: number;
  /** Absolute paths of repositories inside, of which a patch has only at which commit they are. */
  readonly repositories: readonly string[];
}

interface Entry {
  readonly isRepository: boolean;
  readonly status: string;
  readonly path: string;
  readonly from?: string;
}

type Lines = Pick<ChangedFile, "additions" | "deletions">;

/** Paths become absolute, below `root`. `undefined` if the output ends before its records do. */
export function readDiffOutput(output: Buffer, root: string): DiffOutput | undefined {
  const records = readRecords(output);
  const entries = readEntries(records);
  const lines = readLines(records);
  if (entries === undefined || lines === undefined) return undefined;
  const files = entries.map(({ status, path, from }): ChangedFile => {
    const change = changes[status[0] ?? ""] ?? "edit";
    return { path: resolve(root, path), change, ...(from && { from: resolve(root, from) }), ...lines.get(path) };
  });
  const repositories = entries.filter(({ isRepository }) => isRepository).map(({ path }) => resolve(root, path));
  return { files, patchStart: records.position, repositories };
}

const changes: Readonly<Record<string, ChangedFile["change"]>> = { A: "create", D: "delete", R: "move" };

interface Records {
  /** The next record; `undefined` if there is no whole one. */
  next(): string | undefined;
  readonly startsWithColon: boolean;
  readonly position: number;
}

function readRecords(output: Buffer): Records {
  let position = 0;
  return {
    next() {
      const end = output.indexOf(0, position);
      if (end < 0) return undefined;
      const record = output.toString("utf8", position, end);
      position = end + 1;
      return record;
    },
    get startsWithColon() {
      return output[position] === ":".charCodeAt(0);
    },
    get position() {
      return position;
    },
  };
}

/** `:<modes> <objects> M`, a path; of a rename `R<likeness>`, from, to. */
function readEntries(records: Records): readonly Entry[] | undefined {
  const entries: Entry[] = [];
  while (records.startsWithColon) {
    const words = records.next()?.slice(1).split(" ") ?? [];
    const status = words.at(-1);
    const isRepository = words.slice(0, 2).includes("160000");
    const first = records.next();
    const second = status?.startsWith("R") ? records.next() : first;
    if (status === undefined || first === undefined || second === undefined) return undefined;
    entries.push({ isRepository, status, path: second, ...(status.startsWith("R") && { from: first }) });
  }
  return entries;
}

/** `<added>\t<deleted>\t<path>`; of a rename an empty path, then from, to; `-` for a binary file. Then an empty record. */
function readLines(records: Records): ReadonlyMap<string, Lines> | undefined {
  const lines = new Map<string, Lines>();
  for (;;) {
    const record = records.next();
    if (record === undefined) return undefined;
    if (record === "") return lines;
    const [additions = "", deletions = "", ...rest] = record.split("\t");
    const isRename = rest.join("\t") === "";
    if (isRename) records.next();
    const path = isRename ? records.next() : rest.join("\t");
    if (path === undefined) return undefined;
    lines.set(path, additions === "-" ? {} : { additions: Number(additions), deletions: Number(deletions) });
  }
}
