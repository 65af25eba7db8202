/** `hitch run --dry-run`: what would be run. */
import { describeLimits } from "../policy/limits.ts";
import type { Plan } from "../run/plan.ts";
import { codes } from "../vocabulary/codes.ts";
import type { Console } from "./console.ts";
import { formatDuration } from "./duration.ts";
import { formatError } from "./error-words.ts";
import { quote } from "./shell.ts";
import { toBlock } from "./text/block.ts";
import type { Paper } from "./text/paper.ts";
import { formatFacts } from "./text/rows.ts";

/** Shows a plan, which is redacted. Resolves with 0, or with the exit code of the first thing that would be refused. */
export async function showPlan(console: Console, plan: Plan): Promise<number> {
  await console.stdout.write(console.json ? `${JSON.stringify(plan)}\n` : describePlan(plan, console.stdout.paper));
  if (!console.json) {
    const { stderr } = console;
    const { columns } = stderr.paper;
    for (const warning of plan.warnings) await stderr.write(`${toBlock("hitch: warning: ", warning, columns)}\n`);
    for (const refusal of plan.refusals) await stderr.write(`${formatError(refusal, columns)}\n`);
  }
  const [first] = plan.refusals;
  return first === undefined ? 0 : codes[first.code].exitCode;
}

/** The plan for people, one fact a line. */
function describePlan(plan: Plan, paper: Paper): string {
  const { provider, executable, args, cwd, permissions, sandbox, timeouts, limits, env = {}, files = {}, stdin } = plan;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["provider", provider],
    ["command", executable && [executable, ...(args ?? [])].map(quote).join(" ")],
    ["directory", cwd],
    ["workspace", plan.workspace && describeWorkspace(plan.workspace)],
    ["permissions", permissions && `${permissions.level}, enforced by ${permissions.enforcedBy}`],
    ...describeSandbox(sandbox),
    ["timeout", timeouts && formatDuration(timeouts.totalMs)],
    ["startup timeout", timeouts && formatDuration(timeouts.startupMs)],
    ["idle timeout", timeouts && formatDuration(timeouts.idleMs)],
    ["limits", limits && describeLimits(limits)],
    ...Object.entries(env).map(([name, value]) => ["environment", describeVariable(name, value)] as const),
    ...Object.entries(files).map(([path, text]) => ["file", `${path}: ${excerpt(text)}`] as const),
    ["stdin", stdin && excerpt(stdin)],
  ];
  const known = facts.filter(([, value = ""]) => value !== "");
  return formatFacts(
    known.map(([label, text = ""]) => ({ label, text, ...(label === "command" && { isCommand: true }) })),
    labelWidth,
    paper,
  );
}

function describeWorkspace(workspace: NonNullable<Plan["workspace"]>): string | undefined {
  if (workspace.type === "in-place") return undefined;
  const { uncommitted, keep } = workspace;
  return `worktree of the last commit${uncommitted ? " with what is not committed" : ""}, ${keep === true ? "kept" : "removed at the end"}`;
}

function describeSandbox(sandbox: Plan["sandbox"]): readonly (readonly [string, string])[] {
  if (sandbox === undefined) return [];
  const { writes, hides, reads, network } = sandbox;
  const reached = network === "open" ? "all" : network.map(quote).join(" ") || "none";
  return [
    ["sandbox writes", writes.map(quote).join(" ")],
    ["sandbox hides", hides.map(quote).join(" ")],
    ["sandbox reads", reads.map(quote).join(" ")],
    ["sandbox network", reached],
  ];
}

const labelWidth = "startup timeout".length;

function describeVariable(name: string, value: string | null): string {
  return value === null ? `without ${name}` : `${name}=${quote(value)}`;
}

const excerptLength = 100;

function excerpt(text: string): string {
  const shown = text.length > excerptLength ? `${text.slice(0, excerptLength)}…` : text;
  return `${Buffer.byteLength(text)} bytes: ${JSON.stringify(shown)}`;
}
