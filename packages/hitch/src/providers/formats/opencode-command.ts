/**
 * How OpenCode (1.18.33) and its forks are started, told what they may do and asked for sessions. A fork has names of
 * its own for everything; what it does with them is the same.
 *
 *     opencode run --format json --agent build --model=provider/model … < prompt
 */
import type { Command, Inquiry, Provider, RunRequest, Step } from "../../provider.ts";
import { HarnessError } from "../../vocabulary/error.ts";
import { asArray, parseJson, stringAt } from "../../vocabulary/json.ts";
import { cleanHomeFiles, cleanSwitches, repositoryInstructions } from "./opencode-clean.ts";
import { readCallers, systemPromptFiles, writeConfig } from "./opencode-config.ts";
import { hideKeys, type KeyVariable } from "./opencode-keys.ts";
import { decodeOpencode } from "./opencode-stream.ts";

/** OpenCode or a fork: what it calls things. */
export interface OpencodeNames {
  readonly id: string;
  /** Its variables begin with it: `OPENCODE` and `_`. */
  readonly variables: string;
  /** The directory below the user's data directory, and the database in it. */
  readonly data: { readonly directory: string; readonly database: string };
  /** Agents that come with it, first the one that works. Their own permissions stand behind the general ones. */
  readonly agents: readonly [string, ...string[]];
  /** References like {env:NAME} are replaced in files of instructions too, not only in the configuration. */
  readonly expandsInstructions?: true;
  /** The package that it installs where it finds configuration. */
  readonly plugin: string;
  readonly keys: readonly KeyVariable[];
  /** Variables that switch off what it does besides its task, or bound it, with the reason. */
  readonly switches: readonly { readonly name: string; readonly value: string; readonly reason: string }[];
}

/** What all of them can do. */
export const opencodeCapabilities = {
  progress: "per-step",
  ownRetries: "on",
  enforcedBy: { "read-only": "agent-rules", workspace: "agent-rules", unrestricted: "agent-rules" },
  options: {
    model: { required: false, form: /^[^/\s]+\/\S+$/, example: "anthropic/claude-sonnet-4-5" },
    effort: "unchecked",
    addDirs: true,
    systemPrompt: { replace: true, append: true },
    attachments: true,
    mcpServers: ["stdio", "http", "sse"],
    session: true,
    fork: true,
    clean: true,
    native: ["agent"],
  },
  output: { rungs: ["tool", "text"] },
  limits: { usd: "stream", tokens: "stream", turns: "stream" },
  hidesKeys: true,
} as const satisfies Provider["capabilities"];

/** The functions of a provider. */
export function opencodeFunctions(
  names: OpencodeNames,
): Required<Pick<Provider, "prepare" | "locateSession" | "command" | "decoder">> {
  return {
    prepare: (request) => prepare(names, request),
    locateSession: (id, request) => locateSession(names, id, request),
    command: (request) => command(names, request),
    decoder: ({ cwd, session, permissions, mcpServers }) =>
      decodeOpencode({
        provider: names.id,
        cwd,
        continues: session !== undefined,
        isReadOnly: permissions === "read-only",
        servers: Object.keys(mcpServers),
      }),
  };
}

/** Two first runs at once on a new database would race in its migration, and one of them would fail. */
function prepare(names: OpencodeNames, request: RunRequest): readonly Step[] {
  const creates = databasePath(names, request.env);
  // The cheapest command that migrates: 1.6 s, no network, no project.
  return creates === undefined
    ? []
    : [{ key: "database", creates, args: ["db", "select 1"], env: environmentFor(names, request) }];
}

/** With a session of another directory it would work there, printing nothing, and never end. */
function locateSession(names: OpencodeNames, id: string, request: RunRequest): Inquiry {
  const query = `select directory from session where id = '${id.replaceAll("'", "''")}'`;
  return {
    args: ["db", "--format", "json", query],
    env: environmentFor(names, request),
    read: (stdout) => stringAt(asArray(parseJson(stdout))[0], "directory"),
  };
}

function databasePath({ variables, data }: OpencodeNames, env: RunRequest["env"]): string | undefined {
  const { XDG_DATA_HOME: dataHome, HOME: home } = env;
  const named = env[`${variables}_DB`];
  if (named?.startsWith("/")) return named;
  if (named === ":memory:" || (!dataHome && !home)) return undefined;
  return `${dataHome || `${home}/.local/share`}/${data.directory}/${named || data.database}`;
}

function command(names: OpencodeNames, request: RunRequest): Command {
  const { model, effort, session, permissions } = request;
  const agent = agentOf(names, request);
  const { config, files, env } = hideKeys(names, request, readCallers(names, request.env));
  return {
    args: [
      ...["run", "--format", "json", "--print-logs", "--thinking"],
      // That a server does not start is no error to it.
      ...["--log-level", Object.keys(request.mcpServers).length > 0 ? "WARN" : "ERROR"],
      // An empty title is the prompt's beginning; without one the model is called once more, to find it.
      "--title=",
      `--agent=${agent}`,
      ...(model === undefined ? [] : [`--model=${model}`]),
      ...(effort === undefined ? [] : [`--variant=${effort}`]),
      ...(session === undefined ? [] : [`--session=${session.id}`, ...(request.fork ? ["--fork"] : [])]),
      // What the user's configuration wants to be asked about is granted, what it denies is not.
      ...(permissions === "read-only" ? [] : ["--auto"]),
      ...request.attachments.map((path) => `--file=${path}`),
      ...request.extraArgs,
    ],
    stdin: request.prompt,
    env: {
      ...environmentFor(names, request),
      PWD: request.cwd,
      [`${names.variables}_CONFIG_CONTENT`]: writeConfig(names, request, agent, config),
      // Part of the configuration above: by itself it would stand behind our rules.
      [`${names.variables}_PERMISSION`]: undefined,
      ...env,
    },
    files: { ...files, ...repositoryInstructions(names, request).files, ...systemPromptFiles(names, request) },
    ...(request.home !== undefined && { homeFiles: cleanHomeFiles(names) }),
  };
}

/** What it would do besides its task is off, unless the caller set it. */
function environmentFor(names: OpencodeNames, request: RunRequest): Record<string, string> {
  const { env, scratch } = request;
  const off = Object.fromEntries(names.switches.map(({ name, value }) => [name, env[name] ?? value]));
  // At each start it unpacks a library of 5 MB into the temp directory, and leaves it there (1.18.33).
  return { ...off, ...cleanSwitches(names, request), BUN_TMPDIR: scratch };
}

function agentOf({ id, agents }: OpencodeNames, { native, permissions, systemPrompt }: RunRequest): string {
  const option = `providerOptions.${id}.agent`;
  const { agent = agents[0] } = native;
  if (typeof agent !== "string" || agent === "") {
    throw new HarnessError({ code: "invalid-options", option, reason: "wrong-type", message: `${option} is no name.` });
  }
  if (agents.includes(agent)) return agent;
  const refuse = (reason: string, message: string): HarnessError =>
    new HarnessError({ code: "unsupported-option", option, reason, message });
  if (permissions === "read-only") {
    throw refuse("not-enforceable", `The agent ${agent} may have permissions of its own, which would beat read-only.`);
  }
  if (systemPrompt?.mode === "replace") {
    throw refuse("contradiction", `The agent ${agent} has a system prompt of its own: append to it, or name no agent.`);
  }
  return agent;
}
