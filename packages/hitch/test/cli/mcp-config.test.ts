import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseMcpConfig } from "../../src/cli/mcp-config.ts";
import { hitch, lastOf, makeUser } from "./command.ts";

describe("the file of --mcp-config", () => {
  test.each([
    ["the usual form", `{ "mcpServers": { "a": { "command": "a" } }, "inputs": [] }`],
    ["the bare map", `{ "a": { "command": "a" } }`],
    ["comments and trailing commas", `\uFEFF{ // mine\n "a": { "command": "a", }, }`],
  ])("may have %s", (_, text) => {
    expect(parseMcpConfig("servers.json", text)).toEqual({ a: { command: "a" } });
  });

  test.each([
    ["{", "not-json"],
    ["[]", "wrong-type"],
    ["null", "wrong-type"],
    [`{ "mcpServers": [] }`, "wrong-type"],
  ])("is refused by its name: %s", (text, reason) => {
    const error = { code: "invalid-options", option: "mcpServers", reason };
    expect(() => parseMcpConfig("servers.json", text)).toThrow(expect.objectContaining(error));
    expect(() => parseMcpConfig("servers.json", text)).toThrow("servers.json");
  });
});

/** What the command says about this file, for pi, which has no MCP servers. */
async function errorFor(text: string | undefined) {
  const user = makeUser();
  if (text !== undefined) writeFileSync(join(user.directory, "servers.json"), text);
  const args = ["run", "-p", "pi", "--json", "--mcp-config", "servers.json", "hi"];
  const { stdout, code } = await hitch(user, args);
  expect(code).toBe(2);
  expect(user.started()).toBeUndefined();
  return { stdout, error: lastOf(stdout).error };
}

test("its servers reach the agent, and their secrets are hidden", async () => {
  const user = makeUser();
  writeFileSync(join(user.directory, "bin/opencode"), "#!/bin/sh\n");
  chmodSync(join(user.directory, "bin/opencode"), 0o755);
  const docs = { command: "./docs", env: { MY_TOKEN: "s3cr3t-v4lue" } };
  writeFileSync(join(user.directory, "servers.json"), JSON.stringify({ mcpServers: { docs } }));
  const args = ["run", "-p", "opencode", "--dry-run", "--json", "--mcp-config", "servers.json", "hi"];
  const { stdout, code } = await hitch(user, args);
  expect(code).toBe(0);
  const { env } = JSON.parse(stdout) as { env: Record<string, string> };
  expect(JSON.parse(env["OPENCODE_CONFIG_CONTENT"] ?? "")).toMatchObject({
    mcp: { docs: { command: [join(user.directory, "docs")], environment: { MY_TOKEN: "[redacted]" } } },
  });
});

test("a file that is not there is told", async () => {
  const { error } = await errorFor(undefined);
  expect(error).toMatchObject({ code: "invalid-options", option: "mcpServers", reason: "unreadable" });
  expect(error?.message).toContain("servers.json");
});

test("its servers are checked like the option, and no refusal shows a secret", async () => {
  const server = { command: "server", env: { MY_TOKEN: "s3cr3t-v4lue" } };
  const { error } = await errorFor(JSON.stringify({ mcpServers: { a: server } }));
  expect(error).toMatchObject({ code: "unsupported-option", option: "mcpServers.a" });
  const wrong = await errorFor(JSON.stringify({ mcpServers: { a: { ...server, "s3cr3t-v4lue": 1 } } }));
  expect(wrong.error).toMatchObject({ option: "mcpServers.a.[redacted]", reason: "unknown" });
  expect(wrong.stdout).not.toContain("s3cr3t-v4lue");
});
