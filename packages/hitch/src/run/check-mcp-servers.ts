/** The MCP servers that the caller gives to the agent. No message shows a variable's or a header's value: it may be secret. */
import { resolve } from "node:path";
import type { Provider } from "../provider.ts";
import { transportOf, type McpServer, type McpServers } from "../vocabulary/mcp.ts";
import { checkKeys, checkList, checkText, checkWord, refuse, refuseUnsupported, show, type Findings } from "./check.ts";

/** The server that takes the run's output has this name. */
const reservedName = "hitch";

/** Agents make names of tools and rules out of it. */
const serverName = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

/**
 * Checks all servers. Those that the agent cannot speak to are refused, or left out with `lenient`. A relative path of a
 * program is one from `base`, the caller's directory; a bare name is left to PATH.
 */
export function checkMcpServers(
  findings: Findings,
  lenient: boolean,
  { id, capabilities }: Provider,
  given: unknown,
  base: string,
): McpServers {
  const known = capabilities.options.mcpServers;
  const servers: [string, McpServer][] = [];
  for (const [name, value] of Object.entries(checkKeys(findings, "mcpServers", given, "any"))) {
    if (value === undefined) continue;
    const option = `mcpServers.${name}`;
    checkName(findings, name);
    const server = checkServer(findings, option, value, base);
    if (server === undefined) continue;
    const transport = transportOf(server);
    if (known.includes(transport)) servers.push([name, server]);
    else {
      const hint = `Transports of ${id}: ${known.join(", ") || "none"}.`;
      refuseUnsupported(
        findings,
        lenient,
        option,
        `${id} cannot speak to MCP servers over ${transport}: ${option}`,
        hint,
      );
    }
  }
  return Object.fromEntries(servers);
}

function checkName(findings: Findings, name: string): void {
  const option = `mcpServers.${name}`;
  if (name === reservedName) {
    refuse(findings, option, "reserved", `mcpServers: the name "${reservedName}" is Hitch's own; take another`);
  } else if (!serverName.test(name)) {
    const rule = "letters, digits, - and _, with a letter or digit first";
    refuse(findings, option, "wrong-name", `mcpServers: ${show(name)} cannot be a server's name: ${rule}`);
  }
}

function checkServer(findings: Findings, option: string, given: unknown, base: string): McpServer | undefined {
  const server = checkKeys(findings, option, given, "any");
  if (server !== given) return undefined;
  const type = checkWord(findings, `${option}.type`, server.type, ["stdio", "http", "sse"]);
  if (type === undefined && server.type !== undefined) return undefined;
  const isRemote = type === undefined ? "url" in server : type !== "stdio";
  checkKeys(findings, option, server, isRemote ? ["type", "url", "headers"] : ["type", "command", "args", "env"]);
  if (!isRemote) return checkStdio(findings, option, server, base);
  if (type === "http" || type === "sse") return checkRemote(findings, option, type, server);
  refuse(findings, `${option}.type`, "missing", `${option} has a url, so it needs a type: http or sse`);
  return undefined;
}

function checkStdio(
  findings: Findings,
  option: string,
  server: Readonly<Record<string, unknown>>,
  base: string,
): McpServer | undefined {
  if (server.command === undefined) refuse(findings, `${option}.command`, "missing", `${option} has no command`);
  const command = checkText(findings, `${option}.command`, server.command);
  const args = checkArgs(findings, `${option}.args`, server.args);
  const env = checkTexts(findings, `${option}.env`, server.env, /^[A-Za-z_]\w*$/, /^[^\0]*$/);
  if (command === undefined) return undefined;
  return { type: "stdio", command: command.includes("/") ? resolve(base, command) : command, args, env };
}

/** Unlike other texts, an argument may be empty. */
function checkArgs(findings: Findings, option: string, given: unknown): readonly string[] {
  if (!Array.isArray(given)) return checkList(findings, option, given);
  for (const [index, arg] of (given as readonly unknown[]).entries()) {
    if (typeof arg !== "string" || arg.trim() !== "") checkText(findings, `${option}[${index}]`, arg ?? null);
  }
  return given as readonly string[];
}

function checkRemote(
  findings: Findings,
  option: string,
  type: "http" | "sse",
  server: Readonly<Record<string, unknown>>,
): McpServer | undefined {
  if (server.url === undefined) refuse(findings, `${option}.url`, "missing", `${option} has no url`);
  const url = checkText(findings, `${option}.url`, server.url);
  // It is not shown either: keys are also written into addresses.
  if (url !== undefined && !isHttp(url)) {
    refuse(
      findings,
      `${option}.url`,
      "wrong-form",
      `${option}.url is not an address that begins with http:// or https://`,
    );
  }
  const headers = checkTexts(
    findings,
    `${option}.headers`,
    server.headers,
    /^[\w!#$%&'*+.^`|~-]+$/,
    /^[\t\x20-\x7e\x80-\xff]*$/,
  );
  return url === undefined ? undefined : { type, url, headers };
}

/** Texts by name, of the forms that variables or headers must have. */
function checkTexts(
  findings: Findings,
  option: string,
  given: unknown,
  nameForm: RegExp,
  valueForm: RegExp,
): Readonly<Record<string, string>> {
  const texts = Object.entries(checkKeys(findings, option, given, "any"));
  for (const [name, value] of texts) {
    const place = `${option}.${name}`;
    if (!nameForm.test(name)) refuse(findings, place, "wrong-name", `${option}: ${show(name)} cannot be a name here`);
    else if (typeof value !== "string") refuse(findings, place, "wrong-type", `${place} is not a string`);
    else if (!valueForm.test(value)) {
      refuse(findings, place, "wrong-value", `${place} holds a character that cannot stand here`);
    }
  }
  return Object.fromEntries(texts) as Readonly<Record<string, string>>;
}

function isHttp(url: string): boolean {
  return URL.canParse(url) && ["http:", "https:"].includes(new URL(url).protocol);
}
