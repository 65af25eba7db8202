import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createRedactor } from "../../src/policy/redaction.ts";
import type { Provider } from "../../src/provider.ts";
import { opencode } from "../../src/providers/opencode.ts";
import { pi } from "../../src/providers/pi.ts";
import { checkMcpServers } from "../../src/run/check-mcp-servers.ts";
import type { Findings } from "../../src/run/check.ts";
import { planRun } from "../../src/run/plan.ts";
import { answer, script, scripted, scriptedExecutable } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";

const secret = "s3cr3t-v4lue";

function check(given: unknown, provider: Provider = opencode, lenient = false) {
  const findings: Findings = { refusals: [], warnings: [] };
  const servers = checkMcpServers(findings, lenient, provider, given, "/home/me");
  return { servers, ...findings };
}

test.each<[string, unknown, unknown]>([
  ["nothing", undefined, {}],
  ["one that is taken away", { a: undefined }, {}],
  ["a program on PATH", { a: { command: "server" } }, { a: { type: "stdio", command: "server", args: [], env: {} } }],
  [
    "a program of the caller's directory",
    { "a-1_B": { type: "stdio", command: "./bin/server", args: ["", "-x"], env: { EMPTY: "" } } },
    { "a-1_B": { type: "stdio", command: "/home/me/bin/server", args: ["", "-x"], env: { EMPTY: "" } } },
  ],
  [
    "an address",
    { a: { type: "http", url: "http://127.0.0.1:1/mcp", headers: { Authorization: "Bearer x" } } },
    { a: { type: "http", url: "http://127.0.0.1:1/mcp", headers: { Authorization: "Bearer x" } } },
  ],
  ["sse", { a: { type: "sse", url: "https://x" } }, { a: { type: "sse", url: "https://x", headers: {} } }],
])("%s is fine", (_, given, servers) => {
  expect(check(given)).toEqual({ servers, refusals: [], warnings: [] });
});

const stdio = (more: object): object => ({ a: { command: "server", ...more } });
const http = (more: object): object => ({ a: { type: "http", url: "http://x", ...more } });

describe("what is wrong is told by its place", () => {
  test.each<[string, unknown, string, string]>([
    ["no map", [], "mcpServers", "wrong-type"],
    ["our name", { hitch: { command: "server" } }, "mcpServers.hitch", "reserved"],
    ["a name with a dot", { "a.b": { command: "server" } }, "mcpServers.a.b", "wrong-name"],
    ["a name like a flag", { "-a": { command: "server" } }, "mcpServers.-a", "wrong-name"],
    ["no name", { "": { command: "server" } }, "mcpServers.", "wrong-name"],
    ["__proto__", JSON.parse('{ "__proto__": { "command": "server" } }'), "mcpServers.__proto__", "wrong-name"],
    ["no server", { a: "server" }, "mcpServers.a", "wrong-type"],
    ["an empty server", { a: {} }, "mcpServers.a.command", "missing"],
    ["an unknown type", stdio({ type: "carrier-pigeon" }), "mcpServers.a.type", "unknown-value"],
    ["an unknown key", stdio({ cwd: "/" }), "mcpServers.a.cwd", "unknown"],
    ["a url with a command", stdio({ type: "stdio", url: "http://x" }), "mcpServers.a.url", "unknown"],
    ["a command that is a list", { a: { command: ["server"] } }, "mcpServers.a.command", "wrong-type"],
    ["an empty command", { a: { command: " " } }, "mcpServers.a.command", "empty"],
    ["arguments that are no list", stdio({ args: "-x" }), "mcpServers.a.args", "wrong-type"],
    ["an argument that is none", stdio({ args: ["-x", 1] }), "mcpServers.a.args[1]", "wrong-type"],
    ["a hole in the arguments", stdio({ args: [undefined] }), "mcpServers.a.args[0]", "wrong-type"],
    ["variables that are no map", stdio({ env: ["A=1"] }), "mcpServers.a.env", "wrong-type"],
    ["a variable that is no text", stdio({ env: { A: 1 } }), "mcpServers.a.env.A", "wrong-type"],
    ["a variable with a NUL", stdio({ env: { A: "\0" } }), "mcpServers.a.env.A", "wrong-value"],
    ["a variable that no shell has", stdio({ env: { "A;true": "1" } }), "mcpServers.a.env.A;true", "wrong-name"],
    ["a variable with =", stdio({ env: { "A=B": "1" } }), "mcpServers.a.env.A=B", "wrong-name"],
    ["a url without a type", { a: { url: "http://x" } }, "mcpServers.a.type", "missing"],
    ["no url", { a: { type: "sse" } }, "mcpServers.a.url", "missing"],
    ["a url that is none", http({ url: "x" }), "mcpServers.a.url", "wrong-form"],
    ["a url of a file", http({ url: "file:///x" }), "mcpServers.a.url", "wrong-form"],
    ["a header's name", http({ headers: { "a b": "1" } }), "mcpServers.a.headers.a b", "wrong-name"],
    ["a header over two lines", http({ headers: { A: "1\n2" } }), "mcpServers.a.headers.A", "wrong-value"],
  ])("%s", (_, given, option, reason) => {
    expect(check(given).refusals).toMatchObject([{ code: "invalid-options", option, reason }]);
  });

  test("and never by a value that may be secret", () => {
    const given = {
      a: { command: "server", env: { A_TOKEN: `${secret}\0` } },
      b: { type: "http", url: `${secret}://x`, headers: { Authorization: `${secret}\n` } },
    };
    const messages = check(given).refusals.map(({ message }) => message);
    expect(messages).toHaveLength(3);
    expect(messages.join()).not.toContain(secret);
  });
});

describe("an agent that cannot speak to a server", () => {
  test.each([
    ["pi", pi, stdio({})],
    ["one without HTTP", scripted, http({})],
  ])("refuses it: %s", (_, provider, given) => {
    expect(check(given, provider).refusals).toMatchObject([{ code: "unsupported-option", option: "mcpServers.a" }]);
  });

  test("goes on with the others, if that will do", () => {
    const { servers, warnings, refusals } = check({ ...http({}), b: { command: "server" } }, scripted, true);
    expect(Object.keys(servers)).toEqual(["b"]);
    expect(refusals).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/mcpServers\.a; going on without it$/)]);
  });
});

test("a plan hides what is secret in servers, and the agent gets it whole", () => {
  const mcpServers = {
    a: { command: "server", env: { A_TOKEN: secret } },
    b: { type: "http", url: "http://x", headers: { Authorization: `Bearer ${secret}` } },
    c: { type: "http", url: "http://x/mcp?api_key=k3y-in-address" },
    d: { command: "server", args: ["--api-key", "k3y-after-flag", "--token=k3y-in-flag"] },
  } as const;
  const given = { provider: opencode, executable: scriptedExecutable, cwd: "/", mcpServers };
  const plan = planRun("hi", given, { find: () => undefined, ids: [] }, { env: {}, cwd: "/" });
  expect(plan.refusals).toEqual([]);
  expect(plan.env?.["OPENCODE_CONFIG_CONTENT"]).toContain("[redacted]");
  expect(JSON.stringify(plan)).not.toContain(secret);
  expect(JSON.stringify(plan)).not.toContain("k3y-");
  expect(createRedactor(mcpServers)(`${secret} Bearer ${secret} server`)).toBe("[redacted] [redacted] server");
});

test("a journal hides what is secret in a server's arguments", async () => {
  const journal = temporaryDirectory();
  const mcpServers = { a: { command: "server", args: ["--api-key", "k3y-after-flag", "--token=k3y-in-flag"] } };
  const run = start(script(...answer("k3y-after-flag and k3y-in-flag")), { journal, mcpServers });
  expect((await run).text).toBe("k3y-after-flag and k3y-in-flag");
  const stored = readFileSync(join(journal, run.id, "events.jsonl"), "utf8");
  expect(stored).toContain("[redacted] and [redacted]");
  expect(stored).not.toContain("k3y-");
});
