/** Why a patch is not in the working tree. */
import { GitError } from "./command.ts";

/** The patch does not fit what is there. Nothing was changed. */
export class ConflictError extends GitError {
  /** Absolute paths. */
  readonly files: readonly string[];

  constructor(files: readonly string[]) {
    super(`${files.length === 1 ? "one file does" : `${files.length} files do`} not fit: ${files.join(", ")}`);
    this.files = files;
  }
}

/** It failed half-way, and what it had done could not be taken back. */
export class HalfAppliedError extends GitError {
  /** Absolute paths: each may be as before, as in the patch, as somebody else has made it since, or gone. */
  readonly files: readonly string[];

  constructor(files: readonly string[], why: string, problem: string) {
    super(`${why}; what was done until then could not be taken back: ${problem}`);
    this.files = files;
  }
}
