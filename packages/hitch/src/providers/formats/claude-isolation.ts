/** What Claude Code 2.1.330 is kept from with isolation `clean`, and its commands always: the keys. */
import type { RunRequest } from "../../provider.ts";

/** No settings of anybody's, no servers but those of the run; the project is added for its instructions. */
export function cleanFlags({ home, cwd }: RunRequest): readonly string[] {
  return home === undefined ? [] : ["--setting-sources=", "--strict-mcp-config", `--add-dir=${cwd}`];
}

/** Of directories that are added it then reads `CLAUDE.md`, `.claude/CLAUDE.md` and `.claude/rules`. */
export function cleanEnvironment({ home }: RunRequest): Readonly<Record<string, string>> {
  return home === undefined ? {} : { CLAUDE_CODE_ADDITIONAL_DIRECTORIES_CLAUDE_MD: "1" };
}

/** The text that its shell reads before each command, by `CLAUDE_ENV_FILE`. What the user has there is read too. */
export function keylessShell({ env }: RunRequest, keys: readonly string[]): string {
  const theirs = env["CLAUDE_ENV_FILE"];
  const lines = theirs ? [`. '${theirs.replaceAll("'", String.raw`'\''`)}'`] : [];
  return [...lines, `unset ${keys.join(" ")}`, ""].join("\n");
}
