/** Whether the permission level that was asked for is one that somebody sees to. */
import type { Provider } from "../provider.ts";
import type { PermissionState } from "../vocabulary/result.ts";
import { add, checkWord, type Findings } from "./check.ts";

/** An explicit level that nothing enforces is refused; the default then runs with a warning. */
export function checkPermissions(
  findings: Findings,
  provider: Provider,
  given: unknown,
  isSandboxed: boolean,
): PermissionState {
  const asked = checkWord(findings, "permissions", given, ["read-only", "workspace", "unrestricted"]);
  const level = asked ?? "workspace";
  // A sandbox has nothing to say about a level that allows all; it holds all the same.
  if (isSandboxed && level !== "unrestricted") return { level, enforcedBy: "os" };
  const enforcedBy = provider.capabilities.enforcedBy[level];
  if (enforcedBy === "nothing" && asked !== undefined) {
    add(findings, {
      code: "unsupported-option",
      option: "permissions",
      reason: "not-enforced",
      message: `${provider.id} has nothing that enforces permissions: ${JSON.stringify(level)}`,
      hint: `Pass \`sandbox\` to have the system enforce it, or permissions: "unrestricted" if the agent may do everything.`,
    });
  } else if (enforcedBy === "nothing") {
    findings.warnings.push(
      `${provider.id} has nothing that enforces permissions: "${level}"; it can do whatever this user can`,
    );
  }
  return { level, enforcedBy };
}
