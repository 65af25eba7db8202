/** Whether a session may be continued here. Agents lose or misplace a session that is continued in another directory. */
import { isSameDirectory } from "../effects/paths.ts";
import type { Provider } from "../provider.ts";
import type { Session } from "../vocabulary/result.ts";
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
    const message = `session: ${id} belongs to ${session.cwd}, this run works in ${cwd}`;
    add(findings, { code: "session-not-found", option: "session", reason: "other-cwd", message });
  }
  return session;
}

function readSession(findings: Findings, given: unknown): Session {
  const session = checkKeys(findings, "session", given, ["provider", "id", "cwd", "home", "totals"]);
  const { provider, id, cwd } = session;
  return { ...session, provider: String(provider), id: id as string, cwd: typeof cwd === "string" ? cwd : "" };
}
