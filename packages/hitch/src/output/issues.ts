/** Issues in words that a model and a person can work with. */
import type { Issue } from "./schema.ts";

/** One line for each, as in `bugs[0].line: must be integer`; at most 20 of 300 characters, then how many more there are. */
export function describeIssues(issues: readonly Issue[]): readonly string[] {
  const lines = [...new Set(issues.map(describeIssue))];
  const more = lines.length - most;
  return more > 0 ? [...lines.slice(0, most), `and ${more} more`] : lines;
}

const most = 20;
const longest = { path: 150, line: 300 };

function describeIssue({ path, message }: Issue): string {
  const words = message.replaceAll(/\s+/g, " ").trim();
  const line = path.length === 0 ? words : `${describePath(path)}: ${words}`;
  return line.length > longest.line ? `${line.slice(0, longest.line - 1).toWellFormed()}…` : line;
}

function describePath(path: Issue["path"]): string {
  const text = path.map(describeKey).join("").replace(/^\./, "");
  return text.length > longest.path ? `…${text.slice(1 - longest.path).toWellFormed()}` : text;
}

function describeKey(key: string | number): string {
  if (typeof key === "number") return `[${key}]`;
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
