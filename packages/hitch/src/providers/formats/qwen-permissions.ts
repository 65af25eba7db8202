/**
 * Permission levels as flags of Qwen Code (0.24.4).
 *
 * In its mode `default` it asks before it does something; where nobody can be asked, that is a refusal. A rule of deny
 * beats all others, one of ask those of allow, wherever they stand, the user's settings included.
 *
 * What surprised us:
 * - Its mode `auto-edit` edits any file of the disk, and `default` reads none outside of the workspace.
 * - A rule for the tool that edits holds for the one that writes too, but does not make it available.
 * - A link in the workspace that leads out of it is followed.
 * - A subagent of `default` runs in `auto-edit`, and one that a file of the project describes in the mode and with the
 *   servers that the file names. So there are subagents in `unrestricted` alone.
 */
import type { RunRequest } from "../../provider.ts";
import { checkCommaFree } from "./comma-free.ts";

export function permissionFlags(request: RunRequest): readonly string[] {
  request.addDirs.forEach((path) => checkCommaFree("qwen", path));
  const dirs = request.addDirs.map((path) => `--include-directories=${path}`);
  const servers = Object.keys(request.mcpServers);
  const ours = servers.map((name) => allow(`mcp__${name}`));
  switch (request.permissions) {
    case "unrestricted":
      return [...dirs, "--approval-mode=yolo"];
    case "workspace":
      return [
        ...dirs,
        ...["--approval-mode=default", deny("agent")],
        ...editIn([request.cwd, ...request.addDirs]),
        ...working.map(allow),
        ...ours,
      ];
    case "read-only":
      return [
        ...[...dirs, "--approval-mode=default"],
        ...reading.map((tool) => `--core-tools=${tool}`),
        ...["agent", ...writing].map(deny),
        allow("skill"),
        // Else the tools of the user's servers could do anything. An empty name is none.
        ...(servers.length > 0 ? servers : [""]).map((name) => `--allowed-mcp-server-names=${name}`),
        ...ours,
      ];
  }
}

function allow(rule: string): string {
  return `--allowed-tools=${rule}`;
}

function deny(tool: string): string {
  return `--exclude-tools=${tool}`;
}

/** What it would ask about, besides edits. The user's own servers are not ours to judge. */
const working = ["run_shell_command", "monitor", "web_fetch", "web_search", "skill", "mcp__*"];

/** What it may have of the tools that a list can take away. */
const reading = ["read_file", "zoom_image", "grep_search", "glob", "list_directory", "todo_write", "lsp", "skill"];

/** Whatever the user's settings allow. */
const writing = [
  ...["edit", "run_shell_command", "web_fetch", "web_search", "save_memory", "image_gen", "workflow"],
  ...["enter_worktree", "exit_worktree", "artifact", "record_artifact", "cron_create", "create_sub_session"],
];

function editIn(directories: readonly string[]): readonly string[] {
  return directories.flatMap((path) => ["edit", "write_file"].map((tool) => allow(`${tool}(/${toPattern(path)}/**)`)));
}

/** A path as a pattern that matches it alone. A comma would end the rule, so it becomes the range from `+` to `-`. */
function toPattern(path: string): string {
  return path.replaceAll(/[\\*?[\](){}!+@$|^]/g, "\\$&").replaceAll(",", "[+--]");
}
