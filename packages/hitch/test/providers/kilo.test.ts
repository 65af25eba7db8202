import { describe, expect, test } from "vitest";
import type { Command, RunRequest } from "../../src/provider.ts";
import { kilo } from "../../src/providers/kilo.ts";
import { judge, plainRequest, readTranscript } from "../support/transcripts.ts";

function commandFor(request: Partial<RunRequest>): Command {
  return kilo.command({ ...plainRequest, ...request });
}

describe("the command is OpenCode's, with Kilo's names:", () => {
  test("its agent, its variables", () => {
    const { args, stdin, env } = commandFor({ env: { KILO_TELEMETRY_LEVEL: "all" } });
    expect(args).toEqual(expect.arrayContaining(["run", "--format", "json", "--agent=code", "--auto"]));
    expect(stdin).toBe("hi");
    expect(env).toMatchObject({
      PWD: "/home/me/project",
      KILO_DISABLE_AUTOUPDATE: "1",
      KILO_DISABLE_MODELS_FETCH: "1",
      KILO_DISABLE_SESSION_INGEST: "1",
      KILO_TELEMETRY_LEVEL: "all",
      KILO_PERMISSION: undefined,
    });
    expect(Object.keys(env ?? {}).filter((name) => name.startsWith("OPENCODE"))).toEqual([]);
  });

  test("the caller's configuration stays, below the run's", () => {
    const env = { KILO_CONFIG_CONTENT: '{ "share": "auto", "username": "me" }', KILO_PERMISSION: '{ "bash": "ask" }' };
    const config = JSON.parse(commandFor({ env }).env?.["KILO_CONFIG_CONTENT"] ?? "") as Record<string, object>;
    expect(config).toMatchObject({ share: "disabled", username: "me", permission: { bash: "ask" } });
    expect(Object.keys(config["agent"] ?? {})).toEqual([
      ...["code", "ask", "debug", "orchestrator", "plan", "general", "explore"],
    ]);
  });

  test("what looks like a reference in a system prompt does not get a meaning", () => {
    const systemPrompt = { mode: "append", text: " {env:HOME} {file:x} {} " } as const;
    const brace = "{file:/home/me/scratch/brace.txt}";
    expect(commandFor({ systemPrompt }).files).toEqual({
      "system-prompt.md": ` ${brace}env:HOME} ${brace}file:x} {} `,
      "brace.txt": "{",
    });
  });

  test("in a home of its own it is not told to trust what the repository's instructions refer to", () => {
    const { env, files, homeFiles } = commandFor({ home: "/home/me/state/homes/1" });
    expect(env).toMatchObject({ KILO_DISABLE_PROJECT_CONFIG: "1", KILO_DISABLE_EXTERNAL_SKILLS: "1" });
    const [agents, claude] = ["AGENTS.md", "CLAUDE.md"].map((name) => `/home/me/project/${name}`);
    expect(files).toEqual({
      "instructions-1.md": `Instructions from: ${agents}\n{file:${agents}}`,
      "instructions-2.md": `Instructions from: ${claude}\n{file:${claude}}`,
    });
    expect(JSON.parse(env?.["KILO_CONFIG_CONTENT"] ?? "")).toMatchObject({
      instructions: ["/home/me/scratch/instructions-1.md", "/home/me/scratch/instructions-2.md"],
    });
    expect(JSON.stringify(homeFiles)).toContain("@kilocode/plugin");
  });

  test("another agent of the user's can't be held to read-only", () => {
    const refusal = { code: "unsupported-option", option: "providerOptions.kilo.agent" };
    const request: Partial<RunRequest> = { native: { agent: "reviewer" }, permissions: "read-only" };
    expect(() => commandFor(request)).toThrow(expect.objectContaining(refusal) as Error);
  });

  const databases: readonly { env: Record<string, string>; creates: string }[] = [
    { env: { HOME: "/home/me" }, creates: "/home/me/.local/share/kilo/kilo.db" },
    { env: { HOME: "/home/me", KILO_DB: "/srv/k.db" }, creates: "/srv/k.db" },
  ];

  test.each(databases)("the database of $env is $creates", ({ env, creates }) => {
    expect(kilo.prepare({ ...plainRequest, env })).toMatchObject([{ key: "database", creates }]);
  });
});

describe("the events", () => {
  const only = (name: string, types: readonly string[], request: Partial<RunRequest> = {}): readonly unknown[] =>
    judge(kilo, readTranscript("kilo", name), request).events.filter(({ type }) => types.includes(type));

  test("a session is Kilo's", () => {
    expect(only("text", ["session"])).toMatchObject([{ session: { provider: "kilo", cwd: "/home/me/project" } }]);
  });

  test("what was refused is told", () => {
    expect(only("read-only", ["permission"], { permissions: "read-only" })).toHaveLength(3);
    expect(only("workspace", ["permission", "file-change"])).toMatchObject([
      { type: "file-change", path: "/home/me/project/in.txt", change: "create" },
      { type: "permission", toolName: "write" },
    ]);
  });
});
