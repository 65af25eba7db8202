/** Whether a session may be continued here. Agents lose or misplace a session that is continued in another directory. */
import { checkDirectory, isSameDirectory } from "../effects/paths.ts";
import type { Provider } from "../provider.ts";
import type { Session } from "../vocabulary/result.ts";
import { usageCounts } from "../vocabulary/usage.ts";
import { add, checkKeys, checkText, refuse, show, type Findings } from "./check.ts";

export function checkSession(findings: Findings, provider: Provider, cwd: string, given: unknown): Session | undefined {
  if (given === undefined) return undefined;
  const session = typeof given === "string" ? { provider: provider.id, id: given, cwd } : readSession(findings, given);
  const id = checkText(findings, "session", session.id);
  if (id === undefined) return undefined;
  if (id.startsWith("-")) refuse(findings, "session", "wrong-form", `session: ${show(id)} is not a session's id`);
  if (session.provider !== provider.id) {
    const message = `session: ${id} belongs to ${session.provider}, not to ${provider.id}`;
    refuse(findings, "session", "other-provider", message);
  }
  if (!isSameDirectory(session.cwd, cwd)) {
    const [reason, why] =
      checkDirectory(session.cwd) === "missing"
        ? ["cwd-gone", "which is gone (a worktree that is to be used again needs keep: true)"]
        : ["other-cwd", `this run works in ${cwd}`];
    const message = `session: ${id} belongs to ${session.cwd}, ${why}`;
    add(findings, { code: "session-not-found", option: "session", reason, message });
  }
  return session;
}

function readSession(findings: Findings, given: unknown): Session {
  const session = checkKeys(findings, "session", given, ["provider", "id", "cwd", "totals"]);
  checkTotals(findings, session.totals);
  const { provider, id, cwd } = session;
  return { ...session, provider: String(provider), id: id as string, cwd: typeof cwd === "string" ? cwd : "" };
}

/** They are subtracted from what the agent counts. */
function checkTotals(findings: Findings, given: unknown): void {
  const option = "session.totals";
  const { usage, usd } = checkKeys(findings, option, given, ["usage", "usd"]);
  const counts = Object.entries(checkKeys(findings, `${option}.usage`, usage, usageCounts));
  for (const [name, value] of [["usd", usd], ...counts.map(([count, value]) => [`usage.${count}`, value])] as const) {
    if (value === undefined || (typeof value === "number" && Number.isFinite(value) && value >= 0)) continue;
    const place = `${option}.${String(name)}`;
    refuse(findings, place, "wrong-value", `${place}: ${show(value)} is not a number of 0 or more`);
  }
}
