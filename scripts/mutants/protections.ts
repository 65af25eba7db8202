/** What protects a run, how each protection is taken out, and the tests that have to notice. */

/** One protection of Hitch's, and how to remove it. */
export interface Protection {
  readonly name: string;
  /** Below `packages/hitch/src`. */
  readonly file: string;
  /** Text that is in the file exactly once. */
  readonly code: string;
  /** What stands there without the protection. */
  readonly without: string;
  /** Test files below `packages/hitch/test`, one of which has to fail. */
  readonly tests: readonly string[];
}

/** The most important ones. A test keeps `code` in step with the sources. */
export const protections: readonly Protection[] = [
  {
    name: "the reaper, which ends a run whose host was killed",
    file: "effects/process/reaper-client.ts",
    code: '  if (isAlive(reaper)) tell(reaper, { type: "watch", watch });\n  else startReaper();\n',
    without: "",
    tests: ["effects/process/hosts.test.ts"],
  },
  {
    name: "the end of what outlives a finished agent",
    file: "effects/process/agent.ts",
    code: 'found.length > 0 && leftovers === "end" ? await endLeftovers(members) : found',
    without: "found",
    tests: ["effects/process/leftovers.test.ts"],
  },
  {
    name: "SIGKILL for every descendant, not for the agent alone",
    file: "effects/process/agent.ts",
    code: "const remaining = await killAll(members);",
    without: "const remaining: readonly ProcessEntry[] = [];",
    tests: ["effects/process/nasty-tree.test.ts"],
  },
  {
    name: "the tag, by which daemons without our environment are found",
    file: "effects/process/members.ts",
    code: "return isTagged(entry) || entry.runIds()",
    without: "return entry.runIds()",
    tests: ["effects/process/nasty-tree.test.ts", "effects/process/tag.test.ts"],
  },
  {
    name: "the sweep of runs whose host and reaper are both dead",
    file: "effects/process/sweep.ts",
    code: 'state === "dead" ? await endRemains(record) : []',
    without: "[]",
    tests: ["effects/process/hosts.test.ts", "effects/process/records.test.ts"],
  },
  {
    name: "the removal of a run's record and scratch files",
    file: "effects/process/open-run.ts",
    code: "      bonds.release();\n      removeRun(activeDirectory, runId);\n",
    without: "      bonds.release();\n",
    tests: ["effects/process/start.test.ts", "run/run.test.ts"],
  },
  {
    name: "the handler of errors on stdin",
    file: "effects/process/stdin.ts",
    code: '  stdin.on("error", () => undefined);\n',
    without: "",
    tests: ["effects/process/output.test.ts"],
  },
  {
    name: "the end of reading when a grandchild holds the pipes of a finished agent",
    file: "effects/process/output.ts",
    code: 'if ((await bell.rung(DRAIN_IDLE_MS)) === "silence") return;',
    without: "await bell.rung(DRAIN_IDLE_MS);",
    tests: ["effects/process/output.test.ts"],
  },
  {
    name: "the drain, which reads what a finished agent had printed last",
    file: "effects/process/output.ts",
    code: "      else if (!agent.hasExited) await bell.rung();\n",
    without: "      else if (agent.hasExited) return;\n      else if (!agent.hasExited) await bell.rung();\n",
    tests: ["effects/process/output.test.ts"],
  },
  {
    name: "whole characters over the edges of chunks",
    file: "vocabulary/lines.ts",
    code: "decoder.decode(joinBytes(parts, keptBytes))",
    without: 'parts.map((part) => decoder.decode(part)).join("")',
    tests: ["vocabulary/lines.test.ts"],
  },
  {
    name: "the cap on the length of a line",
    file: "vocabulary/lines.ts",
    code: "const room = capBytes - keptBytes;",
    without: "const room = Infinity;",
    tests: ["vocabulary/lines.test.ts"],
  },
  {
    name: "evidence before the exit code: exit 0 alone is no success",
    file: "policy/verdict.ts",
    code: "if (isClean && ended) return undefined;",
    without: "if (isClean) return undefined;",
    tests: ["policy/verdict.test.ts"],
  },
  {
    name: "the first cause wins",
    file: "policy/verdict.ts",
    code: "if (!ended) return { code: cause.code,",
    without: "return { code: cause.code,",
    tests: ["policy/verdict.test.ts"],
  },
  {
    name: "redaction of secrets",
    file: "policy/redaction.ts",
    code: "return (text) => text.replace(pattern, mask);",
    without: "return leaveAsItIs;",
    tests: ["policy/redaction.test.ts"],
  },
  {
    name: "nothing is done twice: no new start after side effects in place",
    file: "policy/retry.ts",
    code: "  if (!sideEffects) return",
    without: "  if (sideEffects || !sideEffects) return",
    tests: ["policy/retry.test.ts", "run/fallback.test.ts"],
  },
  {
    name: "no other provider because the task failed",
    file: "policy/fallback.ts",
    code: "!codes[code].mayFallBack || ",
    without: "",
    tests: ["policy/fallback.test.ts", "run/fallback.test.ts"],
  },
  {
    name: "the table of variables that make an agent misread where it runs",
    file: "policy/environment.ts",
    code: ".filter(([name]) => removalOf(name) === undefined)",
    without: "",
    tests: ["policy/environment.test.ts"],
  },
  {
    name: "a session only in its own directory",
    file: "run/check-session.ts",
    code: "if (!isSameDirectory(session.cwd, cwd)) {",
    without: "if (isSameDirectory(session.cwd, cwd) && !isSameDirectory(session.cwd, cwd)) {",
    tests: ["run/options.test.ts"],
  },
  {
    name: "no option is ignored: what an agent cannot honour is refused",
    file: "run/resolve.ts",
    code: "if (!given || supported) return false;",
    without: "if (!given || supported || !supported) return false;",
    tests: ["run/options.test.ts"],
  },
  {
    name: "values that come when the attempt is over do not count",
    file: "run/values.ts",
    code: '    if (isClosed()) return { accepted: false, issues: ["the check took too long"] };\n',
    without: "",
    tests: ["run/output.test.ts"],
  },
];
