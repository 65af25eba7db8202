/** How git is called: what it is told, what it may not do, and what is known when it has ended. */

/** One call of git, to be started by whoever owns the processes. */
export interface GitCall {
  readonly args: readonly string[];
  readonly cwd: string;
  /** Variables to add. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** What came of a call. */
export interface GitOutput {
  /** `null` if it was ended by a signal. */
  readonly exitCode: number | null;
  /** The beginning of what it printed; `stdoutBytes` is the size of all of it. */
  readonly stdout: Buffer;
  readonly stdoutBytes: number;
  readonly stderr: string;
  /** Why it was not allowed to end by itself. */
  readonly ended?: string;
}

/** Runs git to its end, in bounded time and memory. */
export type RunGit = (call: GitCall) => Promise<GitOutput>;

/** Git cannot say what was asked, with the reason in one line. */
export class GitError extends Error {
  override readonly name = "GitError";
}

/**
 * The environment for git: the agent's, without variables that point git elsewhere; those that configure it stay. It asks
 * nothing, speaks English and takes no lock that it can do without.
 */
export function buildGitEnvironment(env: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith("GIT_") || configures.test(name));
  return { ...Object.fromEntries(kept), GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" };
}

/** Whoever needs them in a shell needs them here too: `safe.directory` may be given so. `gitSettings` win over them. */
const configures = /^GIT_(CONFIG_(COUNT|(KEY|VALUE)_\d+|GLOBAL|SYSTEM|NOSYSTEM)|CEILING_DIRECTORIES)$/;

/** Settings that keep the user's configuration from starting programs, refusing files or writing beside our index. */
export const gitSettings: readonly string[] = [
  ...["-c", "core.fsmonitor=false"],
  ...["-c", "core.hooksPath=/dev/null"],
  ...["-c", "core.splitIndex=false"],
  ...["-c", "core.safecrlf=false"],
  ...["-c", "core.quotePath=true"],
  ...["-c", "advice.addEmbeddedRepo=false"],
  ...["-c", "diff.suppressBlankEmpty=false"],
];

/** @throws GitError if it was ended, or exited with a code that is not among those expected. */
export function assertExit(output: GitOutput, expected: readonly number[] = [0]): void {
  if (output.ended !== undefined) throw new GitError(output.ended);
  if (output.exitCode !== null && expected.includes(output.exitCode)) return;
  throw new GitError(`git: ${explainFailure(output)}`);
}

/** What went wrong, in one line of git's own; the line after may be advice. */
export function explainFailure({ exitCode, stderr }: GitOutput): string {
  const said = /^(?:fatal|error): (.+)$/m.exec(stderr)?.[1] ?? stderr.split("\n")[0];
  return said || `it ended with ${exitCode === null ? "a signal" : `exit code ${exitCode}`}`;
}
