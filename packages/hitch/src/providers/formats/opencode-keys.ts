/**
 * How the commands of OpenCode (1.18.33) and its forks do without keys, though they inherit the variables of the agent.
 *
 * What surprised us:
 * - The configuration takes the content of a file as `{file:PATH}`, but a key there beats the user's login and
 *   configuration. So only in a home of its own, where there is neither, does a key move into a file.
 * - Commands are run by the user's shell, or the one that the configuration names. Bash can be told to drop
 *   variables, so where there are keys left it is that. They would find the configuration too, with the keys of MCP
 *   servers in it.
 * - Of Google's variables OpenCode takes each for a login, but reads its key from one of them only.
 */
import type { Command, RunRequest } from "../../provider.ts";
import { asObject, parseObject, type JsonObject } from "../../vocabulary/json.ts";
import { hideFromBash } from "./bash-environment.ts";
import type { OpencodeNames } from "./opencode-command.ts";
import { merge, references } from "./opencode-config.ts";

/** A variable with a key, and OpenCode's names of those whose models it is for. */
export interface KeyVariable {
  readonly name: string;
  readonly providers: readonly string[];
}

/** Those that are used most; OpenCode knows more than a hundred. */
export const keyVariables: readonly KeyVariable[] = [
  { name: "ANTHROPIC_API_KEY", providers: ["anthropic"] },
  { name: "OPENAI_API_KEY", providers: ["openai"] },
  { name: "GOOGLE_GENERATIVE_AI_API_KEY", providers: ["google"] },
  { name: "GEMINI_API_KEY", providers: ["google"] },
  { name: "OPENROUTER_API_KEY", providers: ["openrouter"] },
  { name: "GROQ_API_KEY", providers: ["groq"] },
  { name: "XAI_API_KEY", providers: ["xai"] },
  { name: "DEEPSEEK_API_KEY", providers: ["deepseek"] },
  { name: "MISTRAL_API_KEY", providers: ["mistral"] },
];

/** The caller's configuration without keys, and what else it takes so that commands see none. */
export interface HiddenKeys extends Required<Pick<Command, "env" | "files">> {
  readonly config: JsonObject;
}

export function hideKeys(names: OpencodeNames, request: RunRequest, callers: JsonObject): HiddenKeys {
  const { env, home } = request;
  const { config, ...moved } = home === undefined ? unmoved(callers) : moveToFiles(names.keys, request, callers);
  const known = [
    ...names.keys.map(({ name }) => name),
    `${names.variables}_AUTH_CONTENT`,
    ...namesIn(secretsIn(callers)),
  ];
  const left = known.filter((name) => env[name] && !Object.hasOwn(moved.env, name));
  if (tellsSecrets(config, request)) left.push(`${names.variables}_CONFIG_CONTENT`);
  if (left.length === 0) return { config, ...moved };
  const dropped = hideFromBash(left, request);
  return {
    config: { shell: "bash", ...config },
    env: { ...moved.env, ...dropped.env },
    files: { ...moved.files, ...dropped.files },
  };
}

function unmoved(config: JsonObject): HiddenKeys {
  return { config, env: {}, files: {} };
}

function moveToFiles(keys: readonly KeyVariable[], { env, scratch }: RunRequest, callers: JsonObject): HiddenKeys {
  const known = keys.filter(({ name }) => env[name]);
  // Of two for the same provider the first counts.
  const entries = known
    .toReversed()
    .flatMap(({ name, providers }) => providers.map((id) => [id, keyOf(name)] as const));
  const files: Record<string, string> = {};
  const complete = entries.length === 0 ? callers : merge({ provider: Object.fromEntries(entries) }, callers);
  const config = mapSecrets(complete, (text) => {
    if (text === "" || text.includes("{file:")) return text;
    const name = `key-${Object.keys(files).length + 1}.txt`;
    files[name] = text.replace(reference, (_, variable: string) => env[variable] ?? "");
    return `{file:${scratch}/${name}}`;
  });
  const moved = [...known.map(({ name }) => name), ...namesIn(secretsIn(callers))];
  // Where else the caller names such a variable it is read from a file too.
  const text = JSON.stringify(config).replace(reference, (found, variable: string) => {
    if (!moved.includes(variable)) return found;
    const name = `variable-${variable}.txt`;
    files[name] = env[variable] ?? "";
    return `{file:${JSON.stringify(`${scratch}/${name}`).slice(1, -1)}}`;
  });
  const gone = Object.fromEntries(moved.map((name) => [name, undefined]));
  return { config: parseObject(text) ?? {}, env: gone, files };
}

/** A key stands in the text of the configuration, or what an MCP server gets, which may be one. */
function tellsSecrets(config: JsonObject, { mcpServers }: RunRequest): boolean {
  const servers = [...Object.values(asObject(config["mcp"]) ?? {}), ...Object.values(mcpServers)].map(asObject);
  const given = servers.flatMap((server) => [server?.["environment"], server?.["env"], server?.["headers"]]);
  const values = given.flatMap((object) => Object.values(asObject(object) ?? {}));
  const isSecret = (value: unknown): boolean =>
    typeof value === "string" && value !== "" && value.search(references) < 0;
  return [...secretsIn(config), ...values].some(isSecret);
}

function keyOf(name: string): JsonObject {
  return { options: { apiKey: `{env:${name}}` } };
}

const reference = /\{env:(\w+)\}/g;

function namesIn(texts: readonly string[]): string[] {
  return texts.flatMap((text) => [...text.matchAll(reference)].map(([, name = ""]) => name));
}

function secretsIn(config: JsonObject): string[] {
  const texts: string[] = [];
  mapSecrets(config, (text) => {
    texts.push(text);
    return text;
  });
  return texts;
}

/** Replaces what is a secret by its name, in the options of each provider and the headers there. */
function mapSecrets(config: JsonObject, map: (text: string) => string): JsonObject {
  const mapIn = (options: JsonObject): JsonObject =>
    mapValues(options, (value, name) =>
      typeof value === "string" && secretName.test(name) ? map(value) : name === "headers" ? inObject(value) : value,
    );
  const inObject = (value: unknown): unknown => {
    const object = asObject(value);
    return object === undefined ? value : mapIn(object);
  };
  const providers = asObject(config["provider"]);
  if (providers === undefined) return config;
  const provider = mapValues(providers, (each) => {
    const object = asObject(each);
    return object?.["options"] === undefined ? each : { ...object, options: inObject(object["options"]) };
  });
  return { ...config, provider };
}

const secretName = /(?:api-?key|access-?key|secret|token|authorization)$/i;

function mapValues(object: JsonObject, map: (value: unknown, name: string) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value, name)]));
}
