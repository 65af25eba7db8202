/**
 * Answers the agent's questions for permission, by the run's level. Nobody is there to be asked, so each is answered at
 * once. What the agent does without asking is beyond this.
 */
import type { RunRequest } from "../../provider.ts";
import type { ToolKind } from "../../vocabulary/events.ts";
import { asArray, at, stringAt } from "../../vocabulary/json.ts";

/** What is known of the call that the question is about. */
export interface AskedCall {
  readonly toolName: string;
  readonly kind: ToolKind;
  /** The files that it is about, as the agent gave them. */
  readonly paths: readonly string[];
}

export interface Decision {
  /** The result of `session/request_permission`. */
  readonly result: object;
  /** Why it was refused. */
  readonly refusal?: string;
}

const harmless: readonly ToolKind[] = ["read", "search", "fetch"];
const changing: readonly ToolKind[] = ["edit", "delete", "move"];

/** Decides. Of the options offered, those that settle nothing beyond this call come first. */
export function decidePermission(params: unknown, call: AskedCall, request: RunRequest): Decision {
  const refusal = refusalOf(call, request);
  const wanted = refusal === undefined ? ["allow_once", "allow_always"] : ["reject_once", "reject_always"];
  const options = asArray(at(params, "options"));
  const optionId = wanted
    .map((kind) =>
      stringAt(
        options.find((option) => stringAt(option, "kind") === kind),
        "optionId",
      ),
    )
    .find((id) => id !== undefined);
  const outcome = optionId === undefined ? { outcome: "cancelled" } : { outcome: "selected", optionId };
  if (refusal !== undefined) return { result: { outcome }, refusal };
  const nothingToAllow = "The agent asked for permission, but offered no way to give it.";
  return { result: { outcome }, ...(optionId === undefined && { refusal: nothingToAllow }) };
}

/** The answer while the run is being cancelled, as the protocol wants it. */
export const cancelledPermission = { outcome: { outcome: "cancelled" } } as const;

function refusalOf({ toolName, kind, paths }: AskedCall, request: RunRequest): string | undefined {
  const { permissions, cwd, addDirs, mcpServers } = request;
  if (permissions === "unrestricted" || harmless.includes(kind)) return undefined;
  // A title may hold anything, so it never speaks for a call of which more is known.
  if (kind === "other" && isToolOf(Object.keys(mcpServers), toolName)) return undefined;
  if (permissions === "read-only") return `${toolName} (${kind}) is not allowed: the run is read-only.`;
  if (kind === "execute") return undefined;
  if (changing.includes(kind) && paths.length === 0) return `${toolName} (${kind}) is not allowed: it names no file.`;
  const roots = [cwd, ...addDirs].map((path) => normalize(path));
  const outside = paths.find((path) => !roots.some((root) => isWithin(normalize(path, cwd), root)));
  return outside === undefined ? undefined : `${toolName} (${kind}) is not allowed outside the workspace: ${outside}`;
}

/** Agents name such a tool `server_tool`, `server-tool`, `mcp__server__tool` or `tool (server MCP Server)`. */
function isToolOf(servers: readonly string[], toolName: string): boolean {
  return servers.some((server) => {
    const prefixes = ["_", "-", "__", "/"].map((separator) => `${server}${separator}`);
    const own = toolName.replace(/^mcp_+/, "");
    return prefixes.some((prefix) => own.startsWith(prefix)) || toolName.endsWith(`(${server} MCP Server)`);
  });
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(root === "/" ? root : `${root}/`);
}

/** By its text alone: what a symbolic link points to cannot be seen from here. */
function normalize(path: string, base = "/"): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${base}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
