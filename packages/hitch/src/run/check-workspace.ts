/** Where the agent is to work: in the directory itself, or in a Git worktree of it. */
import { realpathSync } from "node:fs";
import { checkDirectory, findUpwards } from "../effects/paths.ts";
import { checkBoolean, checkKeys, checkWord, refuse, type Findings } from "./check.ts";

/** The option, with its defaults. */
export type ResolvedWorkspace =
  | { readonly type: "in-place" }
  | { readonly type: "worktree"; readonly uncommitted: boolean; readonly keep: boolean | "unless-stored" };

const types = ["in-place", "worktree"] as const;

export function checkWorkspace(findings: Findings, given: unknown, cwd: string, session: unknown): ResolvedWorkspace {
  const isObject = typeof given === "object" && given !== null;
  const asked = isObject ? checkKeys(findings, "workspace", given, ["type", "uncommitted", "keep"]) : { type: given };
  if (isObject && asked.type === undefined) refuse(findings, "workspace.type", "missing", "workspace.type is missing");
  const type = checkWord(findings, isObject ? "workspace.type" : "workspace", asked.type, types) ?? "in-place";
  const uncommitted = checkBoolean(findings, "workspace.uncommitted", asked.uncommitted) ?? false;
  const keep = checkKeep(findings, asked.keep);
  if (type === "worktree") {
    checkRepository(findings, cwd);
    refuseSession(findings, session);
    return { type, uncommitted, keep };
  }
  for (const [name, isAsked] of Object.entries({ uncommitted, keep })) {
    if (!isAsked) continue;
    refuse(
      findings,
      `workspace.${name}`,
      "conflict",
      `workspace.${name}: it is for "worktree", this run works in place`,
    );
  }
  return { type };
}

function checkKeep(findings: Findings, asked: unknown): boolean | "unless-stored" {
  return asked === "unless-stored" ? asked : (checkBoolean(findings, "workspace.keep", asked) ?? false);
}

/** All else that may be wrong with it only git knows, when the run starts. */
function checkRepository(findings: Findings, cwd: string): void {
  if (checkDirectory(cwd) !== undefined || findUpwards(realpathSync(cwd), ".git") !== undefined) return;
  const message = `workspace: ${cwd} is in no working tree of Git, so there can be no worktree of it`;
  refuse(findings, "workspace", "not-a-repository", message);
}

/** A new worktree is a new directory, and a session belongs to its own. */
function refuseSession(findings: Findings, session: unknown): void {
  if (session === undefined) return;
  const message =
    "workspace: a session cannot go on in a new worktree; go on in place, with the session's own directory as cwd " +
    "(a worktree that is to be used again needs keep: true)";
  refuse(findings, "workspace", "conflict", message);
}
