/**
 * How pi (0.87.1) takes of a project only its instructions: `AGENTS.md`, `CLAUDE.md` and their kin.
 *
 * What surprised us:
 * - A project that is not trusted still says where the sessions go.
 */
import type { RunRequest } from "../../provider.ts";

/** Nothing of `.pi` and `.agents`, and of the home no extension, skill or template that a command may have left. */
export function cleanFlags({ home }: RunRequest): readonly string[] {
  if (home === undefined) return [];
  return [
    ...["--no-approve", "--no-extensions", "--no-skills", "--no-prompt-templates"],
    ...["--session-dir", `${home}/.pi/agent/sessions`],
  ];
}
