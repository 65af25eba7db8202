/** What a read-only run of Gemini CLI may use (0.61.0). */

/** The tools that read, search and plan, without the network. */
export const readingTools: readonly string[] = [
  ...["read_file", "read_many_files", "list_directory", "glob", "grep_search"],
  ...["write_todos", "update_topic", "complete_task"],
];

/**
 * Its rules for the policy engine. They allow those tools, and all of the run's own servers. A tool that is denied is
 * not offered to the model. As an administrator's rules they stand above the user's. Where a real administrator has
 * some, those alone count, and these only as the user's.
 */
export function readOnlyPolicy(servers: readonly string[]): string {
  const allowed = [
    `toolName = ${JSON.stringify(readingTools)}`,
    ...servers.map((name) => `mcpName = ${JSON.stringify(name)}`),
  ];
  const denial = 'toolName = "*"\ndecision = "deny"\npriority = 998\ndenyMessage = "This run is read-only."';
  const rules = [denial, ...allowed.map((tools) => `${tools}\ndecision = "allow"\npriority = 999`)];
  return rules.map((rule) => `[[rule]]\n${rule}\n`).join("\n");
}
