/** How a run ended, in a few lines. */
import { currentDirectoryIfAny } from "../../run/current-directory.ts";
import type { ErrorSummary } from "../../vocabulary/events.ts";
import type { ChangedFile, Changes, RunResult, Session } from "../../vocabulary/result.ts";
import type { RunFinish } from "../failure.ts";
import { describeError } from "../error-words.ts";
import { quote } from "../shell.ts";
import { formatCost, formatTime, formatUsage } from "./figures.ts";
import { toHarmless, toHarmlessJson } from "./harmless.ts";
import type { Paper } from "./paper.ts";
import type { Style } from "./style.ts";
import { relativeTo } from "./tool-title.ts";
import { wrap } from "./wrap.ts";

export interface SummaryOptions {
  /** Begins with the answer, cut if it is long. Default: true. */
  readonly withAnswer?: boolean;
  /** Where the command to continue will be typed. Default: the current directory. */
  readonly cwd?: string;
}

const shownAnswerLines = 40;
const shownFiles = 20;

/**
 * Several lines, the last one with its line break: the answer, how the run ended and why, what it changed, what it cost,
 * and the command that continues its session. Lines that are no sentences may be wider than the terminal.
 *
 * @example
 * process.stderr.write(summarize(event, paperOf(process.stderr)));
 */
export function summarize(finish: RunFinish, paper: Paper, options: SummaryOptions = {}): string {
  const { result, error } = finish;
  const { style } = paper;
  const { withAnswer = true, cwd = currentDirectoryIfAny() } = options;
  const session = error?.code === "session-not-found" || isDirectoryGone(result) ? undefined : result.session;
  // The paths of a run in a worktree are those in the original.
  const base = result.workspace?.type === "worktree" ? cwd : (result.session?.cwd ?? cwd);
  const facts: readonly (readonly [string, readonly string[]])[] = [
    ["files", result.changes ? changedFiles(result.changes, base, style) : []],
    ["worktree", present(keptWorktree(result))],
    ["apply", present(applyCommand(result))],
    ["work", present(describeWork(result))],
    ["tokens", present(result.usage && formatUsage(result.usage))],
    ["cost", present(describeCost(result))],
    ["session", present(session && continueCommand(session, result, cwd))],
  ];
  const lines = [
    ...(withAnswer ? answerOf(result, paper) : []),
    headline(finish, style),
    ...(error ? explain(error, paper) : []),
    ...facts.flatMap(([name, values]) =>
      values.map((value, index) => `  ${style("dim", (index === 0 ? name : "").padEnd(8))} ${value}`),
    ),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function headline({ status, result, error }: RunFinish, style: Style): string {
  const word = status === "failed" && error ? `failed: ${error.code}` : status;
  const ended = status === "completed" ? style("green", `✓ ${word}`) : style("red", `✗ ${word}`);
  return result.durationMs === undefined ? ended : `${ended} · ${formatTime(result.durationMs)}`;
}

/** The code stands in the headline. */
function explain(error: ErrorSummary, { columns, style }: Paper): readonly string[] {
  const { message, advice } = describeError(error, "  ", columns);
  // That somebody cancelled it needs no advice.
  return error.code === "cancelled" ? [message] : [message, ...advice.map((block) => style("dim", block))];
}

/** The value, else the text, and a blank line. */
function answerOf({ output, text = "" }: Partial<RunResult>, { columns }: Paper): readonly string[] {
  const answer = output === undefined ? toHarmless(text.trim()) : toHarmlessJson(output);
  if (answer === "") return [];
  const lines = answer.split("\n").flatMap((line) => (output === undefined ? wrap(line, columns) : [line]));
  const more = lines.length - shownAnswerLines;
  return [...lines.slice(0, shownAnswerLines), ...(more > 0 ? [`… ${count(more, "more line")}`] : []), ""];
}

function changedFiles({ source, files, ...sum }: Changes, cwd: string, style: Style): readonly string[] {
  if (files.length === 0) return source === "git" ? ["none changed"] : [];
  const listed = files.slice(0, shownFiles).map((file) => changedFile(file, cwd, style));
  if (files.length === 1) return listed;
  const total = [`${files.length} changed`, lineCounts(sum, style)].filter((part) => part !== "").join("  ");
  const more = files.length - shownFiles;
  return [total, ...listed, ...(more > 0 ? [`and ${more} more`] : [])];
}

function changedFile(file: ChangedFile, cwd: string, style: Style): string {
  const path = toHarmless(relativeTo(cwd, file.path)).replaceAll("\n", " ");
  const from = file.from === undefined ? "" : ` from ${toHarmless(relativeTo(cwd, file.from)).replaceAll("\n", " ")}`;
  const how = file.change === "edit" ? "" : style("dim", `${changeWords[file.change]}${from}`);
  return [path, lineCounts(file, style), how].filter((part) => part !== "").join("  ");
}

const changeWords = { create: "new", edit: "", delete: "deleted", move: "moved" } as const;

function lineCounts({ additions, deletions }: Pick<ChangedFile, "additions" | "deletions">, style: Style): string {
  const added = additions === undefined ? [] : [style("green", `+${additions}`)];
  const removed = deletions === undefined ? [] : [style("red", `-${deletions}`)];
  return [...added, ...removed].join(" ");
}

function describeWork({ turns = 0, attempts = [], warnings = [] }: Partial<RunResult>): string | undefined {
  const parts = [
    turns > 0 && count(turns, "turn"),
    attempts.length > 1 && count(attempts.length, "attempt"),
    warnings.length > 0 && count(warnings.length, "warning"),
  ];
  return parts.filter((part) => part !== false).join(", ") || undefined;
}

function describeCost({ cost }: Partial<RunResult>): string | undefined {
  const amount = cost && formatCost(cost);
  return amount === undefined ? undefined : `${amount} ${cost?.source}`;
}

const usualLevel = "workspace";

/** With what the run was given and the session does not keep. Agents work in the directory of the session only. */
function continueCommand(
  { provider, id, cwd }: Session,
  { model, permissions, isolation }: Partial<RunResult>,
  here: string,
): string {
  const level = permissions?.level ?? usualLevel;
  const words = [
    ...["hitch", "run", "-p", provider],
    ...(model === undefined ? [] : ["-m", model]),
    ...["--session", id],
    ...(isolation === undefined ? [] : ["--isolation", isolation]),
    ...(level === usualLevel ? [] : ["--permissions", level]),
    ...(cwd === here ? [] : ["-C", cwd]),
  ];
  return `${words.map((word) => quote(toHarmless(word))).join(" ")} …`;
}

/** Of a worktree that was not kept. */
function isDirectoryGone({ workspace }: Partial<RunResult>): boolean {
  return workspace?.type === "worktree" && workspace.path === undefined;
}

function keptWorktree({ workspace }: Partial<RunResult>): string | undefined {
  return workspace?.type === "worktree" && workspace.path !== undefined ? toHarmless(workspace.path) : undefined;
}

/**
 * What a run in a worktree changed is not yet where its caller wants it. A worktree that was kept has it as it is; there may be
 * no journal, or one without what looks like secrets.
 */
function applyCommand({ workspace, changes, runId = "" }: Partial<RunResult>): string | undefined {
  if (workspace?.type !== "worktree" || !changes?.patch) return undefined;
  const { path, base = "HEAD" } = workspace;
  if (path === undefined) return `hitch show ${runId} --patch | git apply`;
  const inWorktree = `git -C ${quote(toHarmless(path))}`;
  return `${inWorktree} add --all && ${inWorktree} diff-index --cached --binary ${toHarmless(base)} | git apply`;
}

function present(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text];
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}
