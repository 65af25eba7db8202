/** Directories for agents that take a comma-separated list of them in one argument. */
import { HarnessError } from "../../vocabulary/error.ts";

/** Refuses a path that the agent would split at a comma, or whose blanks it would cut off, as `unsupported-option`. */
export function checkCommaFree(agent: string, path: string): void {
  if (!path.includes(",") && path === path.trim()) return;
  throw new HarnessError({
    code: "unsupported-option",
    option: "addDirs",
    reason: "wrong-name",
    message: `${agent} splits a directory's path at commas and cuts off the blanks around it: ${path}`,
  });
}
