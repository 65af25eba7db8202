/** A copy of the repository that may be broken. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../repository.js";

/** All files of the repository as they are now; what npm installed is shared. Gives the path of the copy. */
export function copyRepository(copy: string): string {
  const listing = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  for (const file of listing.toString().split("\0").filter(Boolean)) {
    if (!existsSync(join(root, file))) continue; // Deleted, and not yet in a commit.
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}
