/** What the docs say of each agent, made from what the providers say of themselves: their data, commands and headers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import type { Command, Provider, RunRequest } from "../packages/hitch/src/provider.ts";
import { limitKinds, type LimitSupport } from "../packages/hitch/src/vocabulary/limits.ts";
import { removedVariables } from "../packages/hitch/src/policy/environment.ts";
import { providerIds, providers } from "../packages/hitch/src/providers/index.ts";
import { plainRequest } from "../packages/hitch/test/support/transcripts.ts";
import { root } from "./repository.js";

/** The pages as they have to be, by their path from the repository's root. */
export async function buildPages(): Promise<Readonly<Record<string, string>>> {
  return {
    "docs/providers.md": await buildProvidersPage(),
    "docs/environment.md": await toPage(listRemoved(readFromRoot("docs/environment.md"))),
    "docs/security.md": await toPage(listLevels(readFromRoot("docs/security.md"))),
    "README.md": nameAgents(readFromRoot("README.md")),
  };
}

/** The table of the variables that agents do not get. */
function listRemoved(page: string): string {
  const rows = removedVariables.map(({ name, reason }) => [code(name), reason]);
  return page.replace(/^\| variable +\| why +\|\n(\|.*\n)+/m, `${table(["variable", "why"], rows)}\n`);
}

/** The table of what each permission level holds, by agent. */
function listLevels(page: string): string {
  const rows = providers.map(({ id, capabilities: { enforcedBy, options, hidesKeys } }) => [
    `[${id}](providers.md#${id})`,
    ...[enforcedBy["read-only"], enforcedBy.workspace, enforcedBy.unrestricted],
    ...[yesNo(options.clean ?? false), yesNo(hidesKeys ?? false)],
  ]);
  const headings = ["provider", "`read-only`", "`workspace`", "`unrestricted`", "`clean`", "keys out of sight"];
  return page.replace(/^\| provider .*keys out of sight.*\n(\|.*\n)+/m, `${table(headings, rows)}\n`);
}

/** The line of the README that names them all. */
function nameAgents(readme: string): string {
  const names = providerIds.map(code).join(", ");
  return readme.replace(/^Agents: .*$/m, `Agents: ${names}. [What each can do](docs/providers.md).`);
}

async function buildProvidersPage(): Promise<string> {
  const page = [
    "# Which agents are there, and what can they do?",
    "<!-- Made from the providers by `npm run docs`. -->",
    `\`hitch providers\` shows the short form, \`hitch providers --json\` the data, and \`hitch doctor -p PROVIDER\` what keeps an
agent from running here. What an agent cannot do is [\`unsupported-option\`](errors.md#unsupported-option).`,
    table(
      ["provider", ...Object.keys(overview)],
      providers.map((one) => [link(one.id), ...Object.values(overview).map((tell) => tell(one))]),
    ),
    `\`read-only\`, \`workspace\`: who [enforces the level](permissions.md#who-sees-to-it). Output: the ways to a [typed
value](structured-output.md), best first. Limits: what of a run [can be limited](running.md#limits). \`clean\`: it can run [in a home of its own](security.md#isolation-clean). Variables with a star are set only if you have not set them.`,
    ...providers.map(describe),
  ];
  return toPage(page.join("\n\n"));
}

function toPage(text: string): Promise<string> {
  return format(text, { parser: "markdown", printWidth: 120 });
}

const overview: Readonly<Record<string, (provider: Provider) => string>> = {
  tested: ({ agent }) => agent.version.tested,
  "`read-only`": ({ capabilities }) => capabilities.enforcedBy["read-only"],
  "`workspace`": ({ capabilities }) => capabilities.enforcedBy.workspace,
  session: ({ capabilities: { options } }) => (options.fork ? "continue, fork" : yesNo(options.session, "continue")),
  output: ({ capabilities }) => capabilities.output.rungs.join(", "),
  limits: ({ capabilities: { limits } }) =>
    list(limitKinds.filter((kind) => limits[kind] === "native" || limits[kind] === "stream")),
  "MCP servers": ({ capabilities }) => list(capabilities.options.mcpServers),
  attachments: ({ capabilities }) => yesNo(capabilities.options.attachments),
  "`clean`": ({ capabilities }) => yesNo(capabilities.options.clean ?? false),
};

const facts: Readonly<Record<string, (provider: Provider) => string>> = {
  provider: ({ id }) =>
    providerIds
      .filter((one) => one === id || one.startsWith(`${id}:`))
      .map(code)
      .join(", "),
  install: ({ agent }) => code(agent.install),
  "tested with": ({ agent }) => agent.version.tested,
  found: ({ agent }) =>
    agent.launch
      .map((launch) => {
        const onPath = `\`${launch.name}\` on \`PATH\``;
        if ("binaries" in launch) return `the native program of the package that puts ${onPath}`;
        return "script" in launch ? `the agent's script in the package that puts ${onPath}` : onPath;
      })
      .join(", else ") || "named by the caller",
  login: ({ agent }) => [...agent.login.env, ...agent.login.files].map(code).join(", ") || "not looked for",
  "its directory": ({ agent }) =>
    agent.home ? `${code(agent.home.user)}, or \`$${agent.home.env}\`` : "its own choice",
  "`model`": ({ capabilities: { options } }) => {
    const { required, example, form } = options.model;
    return `${required ? "required" : "optional"}; as in ${code(example)}${form ? ", in this form only" : ""}`;
  },
  "`effort`": ({ capabilities: { options } }) =>
    options.effort === "unchecked" ? "yes; the agent does not say if the model lacks it" : yesNo(options.effort),
  "`systemPrompt`": ({ capabilities: { options } }) => list(namesOf(options.systemPrompt)),
  "`addDirs`": ({ capabilities: { options } }) => yesNo(options.addDirs),
  "`attachments`": ({ capabilities: { options } }) => yesNo(options.attachments),
  "`mcpServers`": ({ capabilities: { options } }) => list(options.mcpServers),
  "`session`, `fork`": ({ capabilities: { options } }) =>
    list(namesOf({ continue: options.session, fork: options.fork })),
  "`permissions`": ({ capabilities }) =>
    Object.entries(capabilities.enforcedBy)
      .map(([level, enforcer]) => `\`${level}\` by ${enforcer}`)
      .join(", "),
  "`isolation`": ({ capabilities: { options } }) =>
    list(["inherit", ...(options.clean === true ? ["clean"] : [])].map(code)),
  "keys for its model": ({ capabilities }) =>
    capabilities.hidesKeys === true ? "its commands do not see the variables" : "its commands see the variables",
  "`schema`": ({ capabilities }) => capabilities.output.rungs.join(", "),
  "`limits`": ({ capabilities: { limits } }) =>
    limitKinds.map((kind) => `\`${kind}\`: ${limitWords[limits[kind]]}`).join("; "),
  "`providerOptions`": ({ capabilities: { options } }) => list([...options.native, "extraArgs"].map(code)),
  prompt: ({ capabilities: { maxPromptBytes: bytes, maxPromptCharacters: characters } }) =>
    list(
      [
        ...(bytes === undefined ? [] : [`at most ${bytes.toLocaleString("en")} bytes`]),
        ...(characters === undefined ? [] : [`at most ${characters.toLocaleString("en")} characters`]),
      ],
      "no limit known",
    ),
  prints: ({ capabilities }) =>
    capabilities.progress === "live" ? "while it works" : "a step when it is over: no `startup` and `idle` by default",
  "tries again": ({ capabilities }) =>
    capabilities.ownRetries === "on" ? "by itself: `retries.transient` is 0" : "no: Hitch does",
  cost: ({ capabilities: { options } }) =>
    options.model.vendor === undefined
      ? "the agent's figure, else an estimate if the model's id begins with its vendor"
      : `the agent's figure, else an estimate by the prices of ${options.model.vendor}`,
  "variables set": variablesOf,
};

const limitWords: Readonly<Record<LimitSupport, string>> = {
  native: "by the agent itself",
  stream: "by Hitch, within a call of the model",
  end: "no, it is known only at the end",
  none: "no, the agent does not tell",
};

function describe(provider: Provider): string {
  const { command, surprises } = readHeader(provider.id);
  return [
    `## ${provider.id}`,
    ...(command === "" ? [] : ["```text\n" + command + "\n```"]),
    table(
      ["", ""],
      Object.entries(facts).map(([name, tell]) => [name, tell(provider)]),
    ),
    ...(surprises === "" ? [] : ["Good to know:", surprises]),
  ].join("\n\n");
}

/** The head of a provider's file has the command, indented, and what surprised whoever wrote it, as a list. */
function readHeader(id: string): { readonly command: string; readonly surprises: string } {
  const [comment = ""] = /^\/\*\*.*?\*\//s.exec(readFromRoot(`packages/hitch/src/providers/${id}.ts`)) ?? [];
  const lines = comment.split("\n").map((line) => line.replace(/^ \*[ /]?/, ""));
  const start = lines.findIndex((line) => line.startsWith("What surprised us")) + 1;
  return {
    command: lines
      .filter((line) => line.startsWith("    "))
      .map((line) => line.trim())
      .join("\n"),
    surprises: start === 0 ? "" : lines.slice(start).join("\n").trim(),
  };
}

/** With a star those that stay as they are where the user has set them; some have to be JSON. */
function variablesOf(provider: Provider): string {
  const given = '{"of":"the user"}';
  const names = Object.keys(commandOf(provider, {}).env ?? {});
  return list(
    names.map((name) => {
      const { env = {} } = commandOf(provider, { [name]: given });
      return code(name) + ((env[name] ?? given) === given ? "\\*" : "");
    }),
    "none",
  );
}

/** With the model named, which some agents need. */
function commandOf(provider: Provider, env: RunRequest["env"]): Command {
  return provider.command({ ...plainRequest, model: provider.capabilities.options.model.example, env });
}

function readFromRoot(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

const code = (text: string): string => `\`${text}\``;
const link = (id: string): string => `[${id}](#${id.replaceAll(":", "")})`;
const yesNo = (can: boolean, yes = "yes"): string => (can ? yes : "no");
const list = (items: readonly string[], none = "no"): string => items.join(", ") || none;
const namesOf = (can: Readonly<Record<string, boolean>>): readonly string[] =>
  Object.keys(can).filter((name) => can[name]);

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const toLine = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [toLine(headings), toLine(headings.map(() => "---")), ...rows.map(toLine)].join("\n");
}
