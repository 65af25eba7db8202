/** The caller's MCP servers: their tools work at every permission level, and a server that is not there is told. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { text, toolCall } from "../../src/testing/index.ts";
import type { McpServer } from "../../src/vocabulary/mcp.ts";
import { startRemoteEcho } from "../fixtures/mcp/echo-remote.ts";
import { isThorough } from "../support/tier.ts";
import { agentById } from "./support/agents.ts";
import { patient } from "./support/patient-turns.ts";
import { freshPlace, runLibrary, type Ran } from "./support/run-agent.ts";

vi.setConfig({ maxConcurrency: 4, testTimeout: 300_000 });

const { opencode, pi, codex } = agentById;
const token = "a-token-for-the-echo ";
const echo: McpServer = {
  command: process.execPath,
  args: [fileURLToPath(new URL("../fixtures/mcp/echo-stdio.ts", import.meta.url))],
  env: { ECHO_TOKEN: token, LITERALLY: "{env:HOME}" },
};

describe.concurrent("OpenCode", () => {
  test("read-only: uses the tools that the run brings along, and no others", async () => {
    const place = freshPlace();
    const journal = join(place.home, "journal");
    const local = { type: "local", command: [echo.command, ...(echo.args ?? [])] };
    const ran = await runLibrary(opencode, {
      place,
      // The repository has a server of its own, and another one under our name.
      configuration: { mcp: { theirs: local, ours: { ...local, command: ["false"], enabled: false } } },
      turns: [
        toolCall("ours_echo", { text: "one" }),
        toolCall("theirs_echo", { text: "two" }),
        opencode.calls.shell("touch made"),
        text("Done."),
      ],
      options: { permissions: "read-only", mcpServers: { ours: echo }, journal },
    });
    expect(ran.finish).toMatchObject({ status: "completed", result: { text: "Done.", warnings: [] } });
    expect(toolsOf(ran)).toEqual([
      { toolName: "ours_echo", kind: "other", isError: false },
      { toolName: "theirs_echo", kind: "other", isError: true },
      { toolName: "bash", kind: "execute", isError: true },
    ]);
    expect(ran.requests[0]?.tools).toContain("ours_echo");
    expect(ran.requests[1]?.messages.at(-1)?.text).toBe(`${token}one`);
    expect(readdirSync(place.cwd)).toEqual(["opencode.json"]);
    const kept = readdirSync(journal, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const texts = kept.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8"));
    expect(texts.join("\n")).toContain("[redacted]one");
    expect(texts.join("\n")).not.toContain(token);
  });

  // The older one of the two ways takes another start of OpenCode.
  test.each(isThorough ? (["http", "sse"] as const) : (["http"] as const))(
    "workspace: reaches a server over %s, with its headers, which commands do not see",
    async (type) => {
      await using server = await startRemoteEcho(type, "Bearer let-me-in");
      const place = freshPlace();
      const ran = await runLibrary(opencode, {
        place,
        // Who denies everything did not ask for the server; who names it did.
        configuration: { permission: { "*": "deny", bash: "allow" } },
        turns: [toolCall("remote_echo", { text: "one" }), opencode.calls.shell("env > env.txt"), text("Done.")],
        options: {
          permissions: "workspace",
          mcpServers: { remote: { type, url: server.url, headers: { Authorization: "Bearer let-me-in" } } },
        },
      });
      expect(ran.finish).toMatchObject({ status: "completed", result: { warnings: [] } });
      expect(toolsOf(ran)).toEqual([
        { toolName: "remote_echo", kind: "other", isError: false },
        { toolName: "bash", kind: "execute", isError: false },
      ]);
      expect(ran.requests[1]?.messages.at(-1)?.text).toBe(`${type}: one`);
      expect(environmentIn(place)).not.toContain("let-me-in");
    },
  );

  test("says which servers could not be started or reached, or have gone, and goes on", async () => {
    await using locked = await startRemoteEcho("http", "Bearer let-me-in");
    const ran = await runLibrary(opencode, {
      turns: [toolCall("leaving_leave", {}), text("Done.")],
      options: {
        mcpServers: {
          leaving: echo,
          missing: { command: "/nowhere/at/all" },
          failing: { command: "false" },
          locked: { type: "http", url: locked.url },
        },
      },
    });
    expect(ran.finish).toMatchObject({ status: "completed", result: { text: "Done." } });
    expect(toolsOf(ran)).toEqual([{ toolName: "leaving_leave", kind: "other", isError: true }]);
    expect([...(ran.finish.result.warnings ?? [])].sort()).toEqual([
      expect.stringContaining("the MCP server failing could not be started or reached"),
      expect.stringContaining("the MCP server leaving has gone"),
      expect.stringContaining("the MCP server locked could not be started or reached"),
      expect.stringContaining("the MCP server missing could not be started or reached"),
    ]);
  });
});

describe.concurrent("Codex", () => {
  test("read-only: uses the tools that the run brings along, and no others", async () => {
    const place = freshPlace();
    const ran = await runLibrary(codex, {
      place,
      // The user has a server of their own, and another one under our name.
      configuration: {
        "mcp_servers.theirs.command": echo.command,
        "mcp_servers.theirs.args": echo.args,
        "mcp_servers.ours.command": "false",
        "mcp_servers.ours.enabled": false,
      },
      turns: patient([
        toolCall("mcp__ours.echo", { text: "one" }),
        toolCall("mcp__theirs.echo", { text: "two" }),
        codex.calls.shell("touch made"),
        text("Done."),
      ]),
      options: { permissions: "read-only", mcpServers: { ours: echo } },
    });
    expect(ran.finish).toMatchObject({ status: "completed", result: { text: "Done.", warnings: [] } });
    // That the command failed in the sandbox Codex may tell its model alone.
    expect(toolsOf(ran).slice(0, 2)).toEqual([
      { toolName: "ours_echo", kind: "other", isError: false },
      { toolName: "theirs_echo", kind: "other", isError: true },
    ]);
    expect(lastTextsOf(ran)).toContainEqual(expect.stringContaining(`${token}one`));
    expect(readdirSync(place.cwd)).toEqual([]);
  });

  test("workspace: reaches a server over http, with its headers, which commands do not see", async () => {
    await using server = await startRemoteEcho("http", "Bearer let-me-in");
    const place = freshPlace();
    const ran = await runLibrary(codex, {
      place,
      turns: patient([
        toolCall("mcp__remote.echo", { text: "one" }),
        codex.calls.shell("env > env.txt"),
        text("Done."),
      ]),
      options: {
        permissions: "workspace",
        mcpServers: { remote: { type: "http", url: server.url, headers: { Authorization: "Bearer let-me-in" } } },
      },
    });
    expect(ran.finish).toMatchObject({ status: "completed", result: { warnings: [] } });
    expect(toolsOf(ran)[0]).toEqual({ toolName: "remote_echo", kind: "other", isError: false });
    expect(lastTextsOf(ran)).toContainEqual(expect.stringContaining("http: one"));
    expect(environmentIn(place)).not.toContain("let-me-in");
  });

  test("says which servers could not be started, and goes on; it cannot speak to those over sse", async () => {
    const servers = { missing: { command: "/nowhere/at/all" }, failing: { command: "false", env: { TOKEN: token } } };
    const ran = await runLibrary(codex, { turns: [text("Done.")], options: { mcpServers: servers } });
    expect(ran.finish).toMatchObject({ status: "completed", result: { text: "Done." } });
    expect([...(ran.finish.result.warnings ?? [])].sort()).toEqual([
      expect.stringContaining("the MCP server failing could not be started or reached"),
      expect.stringContaining("the MCP server missing could not be started or reached"),
    ]);
    const sse = { remote: { type: "sse", url: "http://127.0.0.1:9" } } as const;
    const refused = await runLibrary(codex, { turns: [text("Hm.")], options: { mcpServers: sse } });
    expect(refused.finish.error).toMatchObject({ code: "unsupported-option", option: "mcpServers.remote" });
  });
});

test("pi, which speaks to no MCP server, refuses them before anything starts", async () => {
  const { finish, requests } = await runLibrary(pi, { turns: [text("Hm.")], options: { mcpServers: { ours: echo } } });
  expect(finish.error).toMatchObject({ code: "unsupported-option", option: "mcpServers.ours" });
  expect(requests).toEqual([]);
});

/** What a command of the run has found there. */
function environmentIn({ cwd }: { readonly cwd: string }): string {
  const seen = readFileSync(join(cwd, "env.txt"), "utf8");
  expect(seen).toContain("PATH=");
  return seen;
}

/** What the model was told last, request by request. */
function lastTextsOf({ requests }: Ran): readonly (string | undefined)[] {
  return requests.map(({ messages }) => messages.at(-1)?.text);
}

/** The calls, with what became of them. */
function toolsOf({ events }: Ran): readonly object[] {
  return events.flatMap((event) => {
    if (event.type !== "tool-call") return [];
    const { toolCallId, toolName, kind } = event;
    const result = events.find((other) => other.type === "tool-result" && other.toolCallId === toolCallId);
    return [{ toolName, kind, isError: result?.type === "tool-result" && result.isError }];
  });
}
