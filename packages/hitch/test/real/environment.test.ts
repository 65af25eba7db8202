/** The surroundings of a run: what of the caller's environment and configuration counts, and what stays untouched. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { text } from "../../src/testing/index.ts";
import { agentById, agents } from "./support/agents.ts";
import { freshPlace, runLibrary } from "./support/run-agent.ts";

vi.setConfig({ maxConcurrency: 4, testTimeout: 300_000 });

/** As in a shell that an agent opened: every run of this file has them around it. */
const misleading = {
  OPENCODE_SERVER_PASSWORD: "secret",
  OPENCODE_SERVER_USERNAME: "somebody",
  OPENCODE: "1",
  OPENCODE_PID: "1",
  OPENCODE_CLIENT: "desktop",
  CLAUDECODE: "1",
  PWD: "/elsewhere",
};

const home = process.env.HOME ?? "";

beforeAll(() => {
  Object.assign(process.env, misleading);
  const files = {
    // OpenCode itself adds `$schema` to a file that has none.
    ".config/opencode/opencode.json": '{ "$schema": "https://opencode.ai/config.json", "username": "ada" }',
    ".config/opencode/AGENTS.md": "Be brief.",
    ".pi/agent/settings.json": '{ "quietStartup": true }',
    ".profile": "export EDITOR=ed",
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(home, path, ".."), { recursive: true });
    writeFileSync(join(home, path), content);
  }
});

describe.concurrent.each(agents)("$id, called from inside another agent", (agent) => {
  test("works in cwd, and leaves the user's configuration alone", async () => {
    const before = configuration();
    const place = freshPlace();
    const turns = [
      agent.calls.shell("pwd > where.txt; env > env.txt"),
      agent.calls.write(join(place.cwd, "note.txt"), "Noted."),
      text("Done."),
    ];
    const { events, finish, cwd } = await runLibrary(agent, { place, turns });
    expect(finish).toMatchObject({ status: "completed", result: { text: "Done." } });
    expect(readFileSync(join(cwd, "where.txt"), "utf8")).toBe(`${cwd}\n`);
    // Codex writes by patches, which consist of whole lines.
    expect(readFileSync(join(cwd, "note.txt"), "utf8").trimEnd()).toBe("Noted.");
    // Without Git only what the agent's own tools wrote is known.
    const files = [{ path: join(cwd, "note.txt"), change: "create" }];
    expect(finish.result.changes).toMatchObject({ source: "unknown", files });
    expect(readFileSync(join(cwd, "env.txt"), "utf8")).not.toMatch(/CLAUDECODE|OPENCODE_SERVER_/);
    expect(JSON.stringify(events)).not.toContain("Session not found");
    expect(configuration()).toEqual(before);
  });

  test("leaves no file in the temp directory", async () => {
    const place = freshPlace();
    const temp = join(place.home, "tmp");
    mkdirSync(temp);
    await runLibrary(agent, { place, turns: [text("4")], options: { env: { TMPDIR: temp } } });
    // OpenCode keeps an empty folder of its own there.
    expect(readdirSync(temp, { recursive: true })).toEqual(agent.id === "opencode" ? ["opencode"] : []);
  });

  test("asks the model once for a trivial answer, and nothing else of its endpoint", async () => {
    const { finish, requests } = await runLibrary(agent, { turns: [text("4")], prompt: "What is 2 + 2?" });
    const cost = agent.id === "codex" ? { source: "estimated" } : { usd: 0.0011, source: "reported" };
    expect(finish.result).toMatchObject({ text: "4", turns: 1, cost, warnings: [] });
    expect(requests).toHaveLength(1);
  });
});

describe.concurrent("OpenCode's configuration", () => {
  const rules = { bash: { "rm *": "deny" } } as const;
  const reviewer = { mode: "primary", description: "Reviews", prompt: "You review.", permission: rules } as const;

  test("of the project keeps working: agents, instructions, permissions", async () => {
    const place = freshPlace();
    for (const name of ["RULES.md", "keep.txt"]) writeFileSync(join(place.cwd, name), "Never shout.");
    const { events, finish, requests } = await runLibrary(agentById.opencode, {
      place,
      turns: [agentById.opencode.calls.shell("rm keep.txt"), text("Done.")],
      configuration: { agent: { reviewer }, instructions: ["RULES.md"] },
      options: { permissions: "workspace", providerOptions: { opencode: { agent: "reviewer" } } },
    });
    expect(finish).toMatchObject({ status: "completed", result: { text: "Done." } });
    expect(requests[0]?.system.join("\n")).toMatch(/You review\.[^]*Never shout\./);
    expect(existsSync(join(place.cwd, "keep.txt"))).toBe(true);
    expect(events.filter(({ type }) => type === "permission")).toHaveLength(1);
  });

  test("of the caller's OPENCODE_CONFIG_CONTENT is merged, comments and references included", async () => {
    const content = '{ /* ours */ "agent": { "build": { "prompt": "You are {env:NICK}." } }, }';
    const { finish, requests } = await runLibrary(agentById.opencode, {
      turns: [text("Done.")],
      options: { env: { OPENCODE_CONFIG_CONTENT: content, NICK: "Ada" } },
    });
    expect(finish.status).toBe("completed");
    expect(requests[0]?.system.join("\n")).toContain("You are Ada.");
  });
});

/** Every file of the home by its path, without what the agents keep for themselves: sessions, data, caches, a .gitignore. */
function configuration(): Record<string, string> {
  // OpenCode installs a package of its own into its configuration directory, when there is one and npm can be reached.
  const own =
    /^(\.local\/|\.cache\/|\.npm\/|\.pi\/agent\/sessions\/|\.config\/opencode\/(\.gitignore$|package|node_modules\/|bun\.lock))/;
  const paths = readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(home.length + 1));
  const kept = paths.filter((path) => !own.test(path)).sort();
  return Object.fromEntries(kept.map((path) => [path, readFileSync(join(home, path), "utf8")]));
}
