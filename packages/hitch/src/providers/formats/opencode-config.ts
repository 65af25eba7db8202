/** The configuration of a run for OpenCode (1.18.33) or a fork, handed over as the text of a variable. */
import type { RunRequest } from "../../provider.ts";
import { HarnessError } from "../../vocabulary/error.ts";
import { asArray, asObject, type JsonObject } from "../../vocabulary/json.ts";
import { parseJsonc } from "../../vocabulary/jsonc.ts";
import type { OpencodeNames } from "./opencode-command.ts";
import { repositoryInstructions } from "./opencode-clean.ts";
import { mcpConfig } from "./opencode-mcp.ts";
import { permissionRules } from "./opencode-permissions.ts";

/** Name of the file in `scratch` that has the system prompt, since one variable holds no more than 128 KiB. */
const systemPromptFile = "system-prompt.md";

/** The files in `scratch` that a system prompt takes. */
export function systemPromptFiles(names: OpencodeNames, request: RunRequest): Readonly<Record<string, string>> {
  const { systemPrompt, scratch } = request;
  if (systemPrompt === undefined) return {};
  if (names.expandsInstructions !== true) return { [systemPromptFile]: systemPrompt.text };
  // What a reference to a file is replaced by is not looked at again.
  const text = systemPrompt.text.replace(references, (found) => `{file:${scratch}/${braceFile}}${found.slice(1)}`);
  return { [systemPromptFile]: text, [braceFile]: "{" };
}

const braceFile = "brace.txt";

/**
 * Writes the configuration: what the caller's own variables say, with the run's settings on top. Project and user files
 * are read by OpenCode itself, below this one. `agent` is the one that runs.
 */
export function writeConfig(names: OpencodeNames, request: RunRequest, agent: string, callers: JsonObject): string {
  const config = merge(merge(streamTimeouts(request), callers), settings(names, request, agent, callers));
  // OpenCode replaces {env:NAME} and {file:PATH} anywhere in the text. Only those that are meant are left as they are.
  const meant = new Set(findReferences(JSON.stringify(callers)));
  if (request.systemPrompt?.mode === "replace") meant.add(reference(request));
  return JSON.stringify(config).replace(references, (found) => (meant.has(found) ? found : `\\u007b${found.slice(1)}`));
}

/** What OpenCode replaces, wherever it stands in the text of a configuration. */
export const references = /\{(?:env|file):[^}]+\}/g;

function findReferences(text: string): string[] {
  return [...text.matchAll(references)].map(([found]) => found);
}

/** What the caller's own variables say. Throws if they cannot be read. */
export function readCallers({ variables }: OpencodeNames, env: RunRequest["env"]): JsonObject {
  const config = readVariable(env, `${variables}_CONFIG_CONTENT`);
  const permission = [config["permission"], readVariable(env, `${variables}_PERMISSION`)].map(asRules);
  return { ...config, permission: merge(permission[0] ?? {}, permission[1] ?? {}) };
}

/** `"allow"` is short for `{ "*": "allow" }`. */
function asRules(permission: unknown): JsonObject {
  return typeof permission === "string" ? { "*": permission } : (asObject(permission) ?? {});
}

function readVariable(env: RunRequest["env"], name: string): JsonObject {
  const text = env[name];
  if (text === undefined || text.trim() === "") return {};
  try {
    const value = asObject(parseJsonc(text));
    if (value !== undefined) return value;
  } catch {
    // The parser's message would show parts of the text, and there may be keys in it.
  }
  throw new HarnessError({
    code: "invalid-options",
    option: "env",
    reason: "unreadable",
    message: `The variable ${name} is not a JSON object, so the run's settings cannot be added to it.`,
    hint: "Correct the variable. Comments and trailing commas are fine; {env:NAME} must stand inside a string.",
  });
}

/** OpenCode gives up a silent model itself, even where a process of the run that is still alive hides it from us. */
function streamTimeouts({ model, timeouts: { idleMs } }: RunRequest): JsonObject {
  const [provider, ...rest] = (model ?? "").split("/");
  if (idleMs === undefined || provider === undefined || rest.length === 0) return {};
  return { provider: { [provider]: { options: { headerTimeout: idleMs, chunkTimeout: idleMs } } } };
}

function settings(names: OpencodeNames, request: RunRequest, agent: string, callers: JsonObject): JsonObject {
  const { systemPrompt } = request;
  const permission = permissionRules(request.permissions, request.addDirs, Object.keys(request.mcpServers));
  const agents = merge(
    Object.fromEntries(names.agents.map((name) => [name, { permission }])),
    systemPrompt?.mode === "replace" ? { [agent]: { prompt: promptOf(request) } } : {},
  );
  const appended = systemPrompt?.mode === "append" ? [`${request.scratch}/${systemPromptFile}`] : [];
  const instructions = [...repositoryInstructions(names, request).paths, ...appended];
  return {
    permission,
    agent: agents,
    mcp: mcpConfig(request),
    // A refused call is an answer to the model; without this the run would end with it, as if it had succeeded.
    experimental: { continue_loop_on_deny: true },
    share: "disabled",
    snapshot: false,
    ...(instructions.length > 0 && { instructions: [...asArray(callers["instructions"]), ...instructions] }),
  };
}

function reference({ scratch }: RunRequest): string {
  return `{file:${scratch}/${systemPromptFile}}`;
}

/** OpenCode trims what it reads from the file, so the white space around it stands here. */
function promptOf(request: RunRequest): string {
  const text = request.systemPrompt?.text ?? "";
  const start = text.slice(0, text.length - text.trimStart().length);
  return start + reference(request) + text.slice(start.length).slice(text.slice(start.length).trimEnd().length);
}

/** Merges objects deeply. What is on top also comes last, since the order of rules decides. */
export function merge(base: JsonObject, top: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(top)) {
    const below = asObject(merged[key]);
    const above = asObject(value);
    delete merged[key]; // Moves it to the end.
    merged[key] = below && above ? merge(below, above) : value;
  }
  return merged;
}
