/** Examines what all agents share: Node, the directory, Git, the state directory, containment, the environment. */
import { resolve } from "node:path";
import { newRunId, openRun, resolveExecutable, StartError } from "../../effects/process/index.ts";
import { findUpwards, isWritable } from "../../effects/paths.ts";
import type { State } from "../../effects/state.ts";
import { removedFrom } from "../../policy/environment.ts";
import { toHarnessError } from "../../vocabulary/error.ts";
import { checkCwd } from "../check-paths.ts";
import type { Surroundings } from "../resolve.ts";
import type { Findings } from "../check.ts";
import { openStateOrRefuse } from "../storage.ts";
import { ok, problem, warning, type Finding } from "./finding.ts";

export interface MachineReport {
  readonly findings: readonly Finding[];
  /** Without it nothing can be started. */
  readonly state?: State;
}

/** Examines the machine; `cwd` is where an agent would work. Default: the current directory. */
export async function examineMachine(cwd: string | undefined, surroundings: Surroundings): Promise<MachineReport> {
  const directory = resolve(surroundings.cwd, cwd ?? ".");
  const opened = openState(surroundings);
  const { state } = opened;
  const findings = [
    ok("node", process.versions.node),
    examineDirectory(cwd, surroundings.cwd),
    examineGit(directory, surroundings),
    opened.finding,
    ...(state === undefined ? [] : [await examineContainment(state, directory)]),
    examineEnvironment(surroundings),
  ];
  return { findings, ...(state && { state }) };
}

function examineDirectory(given: string | undefined, base: string): Finding {
  const found: Findings = { refusals: [], warnings: [] };
  const directory = checkCwd(found, given, base);
  const [refusal] = found.refusals;
  if (refusal) return problem("directory", refusal);
  if (isWritable(directory)) return ok("directory", directory);
  return warning("directory", `${directory} cannot be written by this user`, "An agent can only read here.");
}

function examineGit(directory: string, { env }: Surroundings): Finding {
  try {
    const program = resolveExecutable("git", directory, env.PATH);
    const repository = findUpwards(directory, ".git");
    return ok("git", `${program}; ${repository === undefined ? "no repository here" : `repository ${repository}`}`);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return warning("git", error.message, "Install Git: without it nobody can tell what an agent changed.");
  }
}

function openState({ env }: Surroundings): { readonly finding: Finding; readonly state?: State } {
  try {
    const state = openStateOrRefuse(env);
    if (state.warning === undefined) return { finding: ok("state", state.directory), state };
    const hint = "Make it writable, or name another directory with HITCH_STATE_DIR.";
    return { finding: warning("state", state.warning, hint), state };
  } catch (error) {
    return { finding: problem("state", toHarnessError(error)) };
  }
}

/** Opens a run and starts nothing in it: then its bonds are known. */
async function examineContainment({ active }: State, cwd: string): Promise<Finding> {
  const run = await openRun({ runId: newRunId(), activeDirectory: active, cwd });
  await run.close();
  const { tier, detail } = run.containment;
  if (tier === "tag") return ok("containment", "tag: whatever an agent starts is found and ended");
  return warning("containment", `marker: ${detail ?? "no better one is possible here"}`);
}

function examineEnvironment({ env }: Surroundings): Finding {
  // Every shell sets OLDPWD: it is no news.
  const removed = removedFrom(env).filter(({ name }) => name !== "OLDPWD");
  if (removed.length === 0) return ok("environment", "nothing in it would mislead an agent");
  const list = removed.map(({ name, reason }) => `${name} (${reason})`).join("; ");
  return ok("environment", `not handed on to agents: ${list}`);
}
