/** What a read-only run of Gemini CLI may use (0.61.0). */

/** The tools that read, search and plan, without the network. */
export const readingTools: readonly string[] = [
  ...["read_file", "read_many_files", "list_directory", "glob", "grep_search"],
  ...["write_todos", "update_topic", "complete_task"],
];

/**
 * Its rules for the policy engine. A tool that is denied is not offered to the model. As an administrator's rules they
 * stand above the user's. Where a real administrator has some, those alone count, and these only as the user's.
 */
export const readOnlyPolicy = `[[rule]]
toolName = "*"
decision = "deny"
priority = 998
denyMessage = "This run is read-only."

[[rule]]
toolName = ${JSON.stringify(readingTools)}
decision = "allow"
priority = 999
`;
