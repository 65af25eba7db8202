/** `hitch providers`: which agents there are, and what they can do. Starts none of them. */
import { buildEnvironment } from "../policy/environment.ts";
import { redactValue } from "../policy/redaction.ts";
import type { Provider } from "../provider.ts";
import { providers } from "../providers/index.ts";
import { currentDirectory } from "../run/current-directory.ts";
import { locateAgent } from "../run/locate.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { EnforcedBy, PermissionLevel } from "../vocabulary/result.ts";
import type { Console } from "./console.ts";
import type { Paper } from "./text/paper.ts";
import { formatRows, type Row } from "./text/rows.ts";

/** What is told of a provider; with `--json` one object a line. */
export interface ProviderSummary {
  readonly provider: string;
  /** Absolute path of the agent's program; `null` if it is not on PATH. */
  readonly executable: string | null;
  readonly install: string;
  readonly testedVersion: string;
  readonly enforcedBy: Readonly<Record<PermissionLevel, EnforcedBy>>;
  readonly session: boolean;
  readonly fork: boolean;
  readonly attachments: boolean;
  readonly mcpServers: readonly string[];
  readonly output: readonly string[];
}

/** Resolves with 0: a list is no judgement. */
export async function providersCommand(console: Console): Promise<number> {
  const env = buildEnvironment({ inherited: process.env, cwd: currentDirectory(), added: {} });
  const summaries = redactValue(
    providers.map((provider) => summarize(provider, env)),
    console.redact,
  );
  const { paper } = console.stdout;
  const shown = console.json
    ? summaries.map((summary) => `${JSON.stringify(summary)}\n`)
    : summaries.map((summary) => describe(summary, paper));
  await console.stdout.write(shown.join(console.json ? "" : "\n"));
  return 0;
}

function summarize(provider: Provider, env: Readonly<Record<string, string>>): ProviderSummary {
  const { agent, capabilities } = provider;
  const { session, fork, attachments, mcpServers } = capabilities.options;
  return {
    provider: provider.id,
    executable: executableOf(provider, env),
    install: agent.install,
    testedVersion: agent.version.tested,
    enforcedBy: capabilities.enforcedBy,
    session,
    fork,
    attachments,
    mcpServers,
    output: capabilities.output.rungs,
  };
}

function executableOf(provider: Provider, env: Readonly<Record<string, string>>): string | null {
  try {
    return locateAgent(provider, undefined, currentDirectory(), env);
  } catch (error) {
    if (HarnessError.isInstance(error) && error.code === "executable-not-found") return null;
    throw error;
  }
}

/** A block for people. */
function describe(summary: ProviderSummary, paper: Paper): string {
  const { provider, executable, install, testedVersion, session, fork, attachments, mcpServers, output } = summary;
  const rows: readonly Row[] = [
    executable === null
      ? { label: "installed", text: "no", hint: install }
      : { status: "ok", label: "installed", text: executable },
    { label: "tested with", text: testedVersion },
    { label: "permissions", text: describePermissions(summary.enforcedBy) },
    { label: "sessions", text: [session ? "continue" : "no", ...(fork ? ["fork"] : [])].join(", ") },
    { label: "attachments", text: attachments ? "yes" : "no" },
    { label: "MCP servers", text: mcpServers.join(", ") || "no" },
    { label: "output", text: output.join(", ") },
  ];
  return `${paper.style("bold", provider)}\n${formatRows(rows, labelWidth, paper)}`;
}

const labelWidth = "permissions".length;

const enforcers: Readonly<Record<EnforcedBy, string>> = {
  os: "by the operating system",
  "agent-rules": "by the agent's rules",
  nothing: "by nothing",
};

function describePermissions(enforcedBy: ProviderSummary["enforcedBy"]): string {
  const levels = Object.entries(enforcedBy);
  const groups = Map.groupBy(levels, ([, enforcer]) => enforcer);
  return [...groups]
    .map(([enforcer, held]) => `${held.map(([level]) => level).join(", ")} ${enforcers[enforcer]}`)
    .join("; ");
}
