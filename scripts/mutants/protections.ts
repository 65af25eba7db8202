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

/**
 * The most important ones. A test keeps `code` in step with the sources. Processes cannot get out of a mutant's tests, files
 * can: what keeps an agent from writing anywhere on the machine is not taken out here.
 */
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
    code: 'if (state === "dead") processes.push(...(await endRemains(record)));',
    without: "",
    tests: ["effects/process/hosts.test.ts", "effects/process/records.test.ts"],
  },
  {
    name: "the removal of a run's record and scratch files",
    file: "effects/process/open-run.ts",
    code: "      await removeRun(activeDirectory, runId);\n      // Not before:",
    without: "      // Not before:",
    tests: ["effects/process/start.test.ts", "run/run.test.ts"],
  },
  {
    name: "the hosts of a sandbox beside what its agent may write",
    file: "run/sandbox.ts",
    code: "const directory = dirname(scratch);",
    without: "const directory = scratch;",
    tests: ["run/sandbox-planted.test.ts"],
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
    code: '=== "silence") return;\n        waitedMs += Math.min(',
    without: '=== "silence") continue;\n        waitedMs += 0 * Math.min(',
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
    code: "done += text.slice(from, found.start) + mask;",
    without: "done += text.slice(from, found.end);",
    tests: ["policy/redaction.test.ts", "run/secrets.test.ts"],
  },
  {
    name: "redaction of secrets that come in two pieces",
    file: "policy/event-redaction.ts",
    code: "const done = stream.push(delta.text);",
    without: "const done = redact(delta.text);",
    tests: ["policy/event-redaction.test.ts", "run/secrets.test.ts"],
  },
  {
    name: "the rest of a text, which redaction held back, at its end",
    file: "run/event-log.ts",
    code: "store.closing(event).forEach(add);",
    without: "",
    tests: ["run/secrets.test.ts"],
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
    code: "!isPassedOver(question) || ",
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
    tests: ["run/values.test.ts"],
  },
  {
    name: "one run at a time on a session",
    file: "run/session-turn.ts",
    code: "return { isHeld: lock !== undefined, path };",
    without: "return { isHeld: true, path };",
    tests: ["run/session-turn.test.ts"],
  },
  {
    name: "a worktree that is put back before somebody starts in it anew",
    file: "run/put-back.ts",
    code: "await resetWorkspace?.();",
    without: "",
    tests: ["run/workspace-attempts.test.ts"],
  },
  {
    name: "the user's own changes, which apply() writes over never",
    file: "effects/git/apply.ts",
    code: "if (inTheWay.length > 0) throw",
    without: "if (inTheWay.length < 0) throw",
    tests: ["run/workspace-apply.test.ts"],
  },
  {
    name: "the home, which is hidden in the sandbox",
    file: "policy/sandbox.ts",
    code: 'if (view === "hidden") return ["--tmpfs", path];',
    without: 'if (view === "hidden") return [];',
    tests: ["run/sandbox.test.ts"],
  },
  {
    name: "what is sealed in the sandbox, so that nothing is put where Git would start it",
    file: "policy/sandbox.ts",
    code: 'view === "write" ? "--bind" : "--ro-bind"',
    without: 'view !== "read" ? "--bind" : "--ro-bind"',
    tests: ["run/sandbox.test.ts"],
  },
  {
    name: "the sandbox's network, which leads nowhere",
    file: "policy/sandbox.ts",
    code: '...(network === "open" ? [] : ["--unshare-net"]),',
    without: "",
    tests: ["run/sandbox.test.ts"],
  },
];
