import { describe, expect, test } from "vitest";
import type { Command, RunRequest } from "../../src/provider.ts";
import { opencode } from "../../src/providers/opencode.ts";
import { assertEvent } from "../support/event-schema.ts";
import { judge, listTranscripts, plainRequest, readTranscript } from "../support/transcripts.ts";
import { opencodeCases } from "./opencode.cases.ts";

const mcpServers = {
  docs: { command: "/home/me/docs", args: ["{env:HOME}"], env: { TOKEN: "{file:x}" } },
  "issues-1": { type: "http", url: "http://127.0.0.1:1/mcp", headers: { Authorization: "Bearer x" } },
} as const;

const session = { provider: "opencode", id: "ses_1", cwd: "/home/me/project" };

function commandFor(request: Partial<RunRequest>): Command {
  return opencode.command({ ...plainRequest, ...request });
}

function configText(request: Partial<RunRequest>): string {
  return commandFor(request).env?.["OPENCODE_CONFIG_CONTENT"] ?? "";
}

/** The configuration that OpenCode reads, as long as it refers to nothing. */
function configFor(request: Partial<RunRequest>): Record<string, unknown> {
  return JSON.parse(configText(request)) as Record<string, unknown>;
}

describe("the command", () => {
  const commands: readonly { name: string; request: Partial<RunRequest>; args: readonly string[] }[] = [
    { name: "nothing but a prompt", request: {}, args: ["--agent=build", "--auto"] },
    {
      name: "model and effort",
      request: { model: "mock/text", effort: "high" },
      args: ["--agent=build", "--model=mock/text", "--variant=high", "--auto"],
    },
    { name: "read-only", request: { permissions: "read-only" }, args: ["--agent=build"] },
    { name: "another agent", request: { native: { agent: "reviewer" } }, args: ["--agent=reviewer", "--auto"] },
    { name: "a session", request: { session }, args: ["--agent=build", "--session=ses_1", "--auto"] },
    {
      name: "a fork of it",
      request: { session, fork: true },
      args: ["--agent=build", "--session=ses_1", "--fork", "--auto"],
    },
    {
      name: "attachments before the caller's own arguments",
      request: { attachments: ["/home/me/a b.png"], extraArgs: ["--pure"] },
      args: ["--agent=build", "--auto", "--file=/home/me/a b.png", "--pure"],
    },
  ];
  const fixed = ["run", "--format", "json", "--print-logs", "--thinking", "--log-level", "ERROR", "--title="];

  test.each(commands)("$name", ({ request, args }) => {
    expect(commandFor(request).args).toEqual([...fixed, ...args]);
  });

  test("with MCP servers the log has warnings, since one that does not start is no error", () => {
    expect(commandFor({ mcpServers }).args).toEqual(expect.arrayContaining(["--log-level", "WARN"]));
  });

  test("the prompt goes to stdin as it is", () => {
    const prompt = '--help\n"quoted" {env:HOME}\u2028\n';
    expect(commandFor({ prompt }).stdin).toBe(prompt);
  });

  test("OpenCode works where PWD says, and does nothing besides", () => {
    const { env } = commandFor({ env: { OPENCODE_DISABLE_MODELS_FETCH: "0" } });
    expect(env).toMatchObject({
      PWD: "/home/me/project",
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_MODELS_FETCH: "0",
      OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
      OPENCODE_DISABLE_SHARE: "1",
      OPENCODE_PERMISSION: undefined,
    });
  });

  const refused: readonly { name: string; request: Partial<RunRequest>; error: object }[] = [
    { name: "an agent that is no name", request: { native: { agent: 1 } }, error: { code: "invalid-options" } },
    {
      name: "read-only with an agent that may have other permissions",
      request: { native: { agent: "reviewer" }, permissions: "read-only" },
      error: { code: "unsupported-option", option: "providerOptions.opencode.agent" },
    },
    {
      name: "two system prompts",
      request: { native: { agent: "reviewer" }, systemPrompt: { mode: "replace", text: "x" } },
      error: { code: "unsupported-option", option: "providerOptions.opencode.agent" },
    },
    ...["{bad", "[]", '{"timeout": {env:N}}'].map((text) => ({
      name: `an unreadable configuration in the environment: ${text}`,
      request: { env: { OPENCODE_CONFIG_CONTENT: text } },
      error: { code: "invalid-options", option: "env", reason: "unreadable" },
    })),
  ];

  test.each(refused)("$name is refused", ({ request, error }) => {
    expect(() => commandFor(request)).toThrow(expect.objectContaining(error));
  });
});

describe("the configuration", () => {
  test("the caller's stays, below the run's", () => {
    const callers = `{
      // JSONC
      "provider": { "mock": { "options": { "apiKey": "{env:KEY}", "chunkTimeout": 5 } } },
      "share": "auto",
      "agent": { "build": { "temperature": 0.5, "permission": { "edit": "ask" } } },
    }`;
    const config = configFor({
      model: "mock/text",
      timeouts: { idleMs: 60_000 },
      env: { OPENCODE_CONFIG_CONTENT: callers },
    });
    expect(config).toMatchObject({
      provider: { mock: { options: { apiKey: "{env:KEY}", chunkTimeout: 5, headerTimeout: 60_000 } } },
      share: "disabled",
      snapshot: false,
      experimental: { continue_loop_on_deny: true },
      agent: { build: { temperature: 0.5, permission: { edit: "ask" } } },
    });
    expect(config).not.toHaveProperty("compaction");
  });

  test("no stream timeout is set unless one was asked for", () => {
    expect(configFor({ model: "mock/text", timeouts: { totalMs: 1000 } })).not.toHaveProperty("provider");
  });

  test("references of the caller's keep their meaning, what else looks like one does not get any", () => {
    const env = { OPENCODE_CONFIG_CONTENT: '{ "model": "{env:MODEL}" }' };
    const text = configText({ env, addDirs: ["/home/me/{env:HOME}", "/home/me/{file:x}"] });
    expect([...text.matchAll(/\{(?:env|file):[^}]+\}/g)].map(([found]) => found)).toEqual(["{env:MODEL}"]);
    expect(JSON.stringify(JSON.parse(text))).toContain("/home/me/{env:HOME}/*");
  });

  test("servers are all that they are said to be, whatever the user has under their names", () => {
    expect(configFor({ mcpServers })).toMatchObject({
      mcp: {
        docs: {
          type: "local",
          command: ["/home/me/docs", "{env:HOME}"],
          environment: { TOKEN: "{file:x}" },
          cwd: "/home/me/project",
          enabled: true,
        },
        "issues-1": {
          type: "remote",
          url: "http://127.0.0.1:1/mcp",
          headers: { Authorization: "Bearer x" },
          oauth: false,
          enabled: true,
        },
      },
    });
    expect(configText({ mcpServers })).not.toMatch(/\{(?:env|file):/);
  });

  test("a system prompt travels as a file, since OpenCode limits and changes what stands in its configuration", () => {
    const text = "\n {env:HOME} {file:/etc/hostname}\u2028 \n";
    const replacing = { systemPrompt: { mode: "replace", text } } as const;
    expect(commandFor(replacing).files).toEqual({ "system-prompt.md": text });
    // The white space that OpenCode trims off the file stands around the reference.
    expect(configFor(replacing)).toMatchObject({
      agent: { build: { prompt: "\n {file:/home/me/scratch/system-prompt.md}\u2028 \n" } },
    });
    expect(configText(replacing)).toContain("{file:/home/me/scratch/system-prompt.md}");

    const env = { OPENCODE_CONFIG_CONTENT: '{ "instructions": ["notes.md"] }' };
    const appending = configFor({ env, systemPrompt: { mode: "append", text } });
    expect(appending).toMatchObject({ instructions: ["notes.md", "/home/me/scratch/system-prompt.md"] });
    expect(appending).not.toHaveProperty("agent.build.prompt");
  });
});

describe("in a home of its own", () => {
  const clean: Partial<RunRequest> = {
    home: "/home/me/state/homes/1",
    cwd: "/home/me/project/packages/a",
    repository: "/home/me/project",
  };

  test("of the repository only its instructions count, from the top down", () => {
    const { env, homeFiles } = commandFor({ ...clean, env: { OPENCODE_DISABLE_PROJECT_CONFIG: "0" } });
    expect(env).toMatchObject({ OPENCODE_DISABLE_PROJECT_CONFIG: "1", OPENCODE_DISABLE_EXTERNAL_SKILLS: "1" });
    const directories = ["/home/me/project", "/home/me/project/packages", "/home/me/project/packages/a"];
    const instructions = directories.flatMap((directory) => [`${directory}/AGENTS.md`, `${directory}/CLAUDE.md`]);
    expect(configFor(clean)).toMatchObject({ instructions });
    expect(configFor({ home: "/home/me/state/homes/1" })).toMatchObject({
      instructions: ["/home/me/project/AGENTS.md", "/home/me/project/CLAUDE.md"],
    });
    // By these it believes that its package is installed.
    expect(Object.keys(homeFiles ?? {})).toEqual([
      ".config/opencode/package-lock.json",
      ".config/opencode/node_modules/.keep",
    ]);
  });

  test("a variable with a key is read from a file wherever the caller's configuration names it", () => {
    const callers = {
      provider: { mock: { options: { apiKey: "{env:MOCK_KEY}" } } },
      mcp: { own: { type: "remote", url: "{env:URL}", headers: { Authorization: "Bearer {env:MOCK_KEY}" } } },
    };
    const env = { OPENCODE_CONFIG_CONTENT: JSON.stringify(callers), MOCK_KEY: "m", URL: "http://127.0.0.1:1" };
    expect(configFor({ ...clean, env })).toMatchObject({
      mcp: {
        own: { url: "{env:URL}", headers: { Authorization: "Bearer {file:/home/me/scratch/variable-MOCK_KEY.txt}" } },
      },
    });
    expect(commandFor({ ...clean, env }).files).toMatchObject({ "variable-MOCK_KEY.txt": "m" });
  });

  test("elsewhere nothing of that is said", () => {
    const { env, homeFiles } = commandFor({});
    expect(env).not.toHaveProperty("OPENCODE_DISABLE_PROJECT_CONFIG");
    expect(homeFiles).toBeUndefined();
    expect(configFor({})).not.toHaveProperty("instructions");
  });

  test("keys move into files, of the variables that are known and of those that the caller's configuration names", () => {
    const callers = {
      provider: {
        mock: {
          options: { apiKey: "{env:MOCK_KEY}", baseURL: "{env:URL}", headers: { Authorization: "Bearer {env:B}" } },
        },
        openai: { options: { apiKey: "sk-in-the-text" } },
      },
    };
    const env = {
      ...{ OPENCODE_CONFIG_CONTENT: JSON.stringify(callers), MOCK_KEY: "m", B: "b", URL: "http://127.0.0.1:1" },
      ...{ OPENAI_API_KEY: "o", OPENCODE_API_KEY: "z", GEMINI_API_KEY: "g2", GOOGLE_GENERATIVE_AI_API_KEY: "g1" },
    };
    const command = commandFor({ ...clean, env });
    const { provider } = configFor({ ...clean, env }) as { provider: Record<string, { options: object }> };
    const read = (reference: unknown): unknown =>
      command.files?.[/^\{file:\/home\/me\/scratch\/([^/]+)\}$/.exec(String(reference))?.[1] ?? ""];
    const keys = Object.entries(provider).map(([id, { options }]) => [id, read("apiKey" in options && options.apiKey)]);
    expect(Object.fromEntries(keys)).toEqual({
      ...{ mock: "m", openai: "sk-in-the-text", google: "g1", opencode: "z", "opencode-go": "z" },
    });
    expect(provider["mock"]?.options).toMatchObject({ baseURL: "{env:URL}" });
    expect(Object.values(command.files ?? {})).toContain("Bearer b");
    const gone = [
      "MOCK_KEY",
      "B",
      "OPENAI_API_KEY",
      "OPENCODE_API_KEY",
      "GEMINI_API_KEY",
      "GOOGLE_GENERATIVE_AI_API_KEY",
    ];
    for (const name of gone) expect(command.env).toHaveProperty(name, undefined);
    expect(command.env).not.toHaveProperty("URL");
  });
});

describe("in the user's home", () => {
  test("commands drop the keys, which stay where OpenCode looks for them", () => {
    const text = '{ "provider": { "mock": { "options": { "apiKey": "{env:MOCK_KEY}" } } } }';
    const env = { OPENCODE_CONFIG_CONTENT: text, MOCK_KEY: "m", OPENAI_API_KEY: "o", GH_TOKEN: "g" };
    const command = commandFor({ env });
    expect(command.files).toEqual({
      "hidden-variables.sh": "unset BASH_ENV OPENAI_API_KEY MOCK_KEY\n",
    });
    expect(command.env).toMatchObject({ BASH_ENV: "/home/me/scratch/hidden-variables.sh" });
    for (const name of ["OPENAI_API_KEY", "MOCK_KEY"]) expect(command.env).not.toHaveProperty(name);
    expect(configFor({ env })).toMatchObject({
      shell: "bash",
      provider: { mock: { options: { apiKey: "{env:MOCK_KEY}" } } },
    });
  });

  const keyed = { provider: { mock: { options: { apiKey: "sk-in-the-text" } } } };
  const servers = {
    mcp: { own: { type: "remote", url: "http://127.0.0.1:1", headers: { Authorization: "Bearer s" } } },
  };
  test.each([
    ["a key", { env: { OPENCODE_CONFIG_CONTENT: JSON.stringify(keyed) } }],
    ["what a server of the caller's configuration gets", { env: { OPENCODE_CONFIG_CONTENT: JSON.stringify(servers) } }],
    ["what a server of the run gets", { mcpServers: { tools: { command: "tools", env: { TOKEN: "s" } } } }],
    [
      "that in a home of its own",
      {
        home: "/home/me/state/homes/1",
        mcpServers: { m: { type: "http" as const, url: "http://127.0.0.1:1", headers: { A: "s" } } },
      },
    ],
  ])("commands drop the configuration if there stands %s", (_, request) => {
    expect(commandFor(request).files).toMatchObject({
      "hidden-variables.sh": "unset BASH_ENV OPENCODE_CONFIG_CONTENT\n",
    });
    expect(configFor(request)).toMatchObject({ shell: "bash" });
  });

  test("without keys the shell is the user's", () => {
    const env = { OPENCODE_CONFIG_CONTENT: '{ "share": "auto" }', GH_TOKEN: "g" };
    expect(commandFor({ env }).files).toEqual({});
    expect(configFor({ env })).not.toHaveProperty("shell");
  });
});

describe("permissions", () => {
  const levels = ["read-only", "workspace", "unrestricted"] as const;

  test.each(levels)("%s asks nothing, and holds for every agent that comes with OpenCode", (permissions) => {
    const config = configFor({ permissions }) as { permission: object; agent: Record<string, { permission: object }> };
    expect(JSON.stringify(config)).not.toContain('"ask"');
    expect(config.permission).toMatchObject({ "question *": "deny", "plan_enter *": "deny", "plan_exit *": "deny" });
    expect(Object.keys(config.agent)).toEqual(["build", "plan", "general", "explore"]);
    for (const agent of Object.values(config.agent)) expect(agent.permission).toEqual(config.permission);
  });

  test("read-only names what is allowed", () => {
    const { permission } = configFor({ permissions: "read-only" }) as { permission: Record<string, unknown> };
    expect(Object.keys(permission)[0]).toBe("* *");
    expect(permission).toMatchObject({ "* *": "deny", "grep *": "allow" });
    for (const tool of ["edit", "bash", "webfetch"]) expect(permission).not.toHaveProperty(`${tool} *`);
  });

  test.each(levels)("%s lets the run's own servers be used, below the level's other rules", (permissions) => {
    const { permission } = configFor({ permissions, mcpServers: { external: { command: "x" } } }) as {
      permission: Record<string, unknown>;
    };
    const rules = Object.keys(permission);
    expect(permission).toMatchObject({ "external_* *": "allow" });
    expect(rules.indexOf("external_* *")).toBe(permissions === "workspace" ? 0 : 1);
  });

  test("workspace ends at its directories", () => {
    expect(configFor({ addDirs: ["/home/me/more", "/srv/"] })).toMatchObject({
      permission: { "external_directory *": { "*": "deny", "/home/me/more/*": "allow", "/srv/*": "allow" } },
    });
  });

  test("the run's rules stand behind the caller's, in their own order, even if the caller has the same", () => {
    const env = {
      OPENCODE_CONFIG_CONTENT: '{ "permission": "ask", "agent": { "build": { "permission": { "read *": "deny" } } } }',
      OPENCODE_PERMISSION: '{ "edit": "allow" }',
    };
    const config = configFor({ permissions: "read-only", env }) as {
      permission: object;
      agent: { build: { permission: object } };
    };
    expect(Object.keys(config.permission).slice(0, 4)).toEqual(["*", "edit", "* *", "read *"]);
    expect(Object.keys(config.agent.build.permission).slice(0, 2)).toEqual(["* *", "read *"]);
  });
});

describe("preparing", () => {
  const databases: readonly { env: Record<string, string>; creates: string | undefined }[] = [
    { env: { HOME: "/home/me" }, creates: "/home/me/.local/share/opencode/opencode.db" },
    { env: { HOME: "/home/me", XDG_DATA_HOME: "/data" }, creates: "/data/opencode/opencode.db" },
    { env: { HOME: "/home/me", OPENCODE_DB: "/srv/o.db" }, creates: "/srv/o.db" },
    { env: { HOME: "/home/me", OPENCODE_DB: "other.db" }, creates: "/home/me/.local/share/opencode/other.db" },
    { env: { HOME: "/home/me", OPENCODE_DB: ":memory:" }, creates: undefined },
    { env: {}, creates: undefined },
  ];

  test.each(databases)("the database of $env is $creates", ({ env, creates }) => {
    const steps = opencode.prepare({ ...plainRequest, env });
    expect(steps).toMatchObject(creates === undefined ? [] : [{ key: "database", creates, args: ["db", "select 1"] }]);
  });
});

function eventsOf(name: string): readonly { readonly type: string }[] {
  return judge(opencode, readTranscript("opencode", name), opencodeCases[name]?.request).events;
}

function only(name: string, ...types: readonly string[]): readonly unknown[] {
  return eventsOf(name).filter(({ type }) => types.includes(type));
}

describe("the events", () => {
  const refusal = "The user has specified a rule which prevents you from using this specific tool call.";

  test.each(listTranscripts("opencode"))("%s gives events of the vocabulary", (name) => {
    const envelope = { runId: "0123456789a", attempt: 1, time: "2026-01-01T00:00:00.000Z" };
    for (const [seq, event] of eventsOf(name).entries()) {
      assertEvent({ ...envelope, seq, ...event });
    }
  });

  test("a session has the directory that was asked for, and is told once", () => {
    expect(only("tc-tools", "session")).toEqual([
      { type: "session", session: { ...session, id: "ses_dfd9b5809ffekXydBjWfwWkdOB" } },
    ]);
  });

  test("tokens and money of each step", () => {
    const usage = {
      inputTokens: 800,
      outputTokens: 40,
      reasoningTokens: 10,
      cacheReadTokens: 200,
      cacheWriteTokens: 0,
    };
    expect(only("text-cold", "finish-step")).toEqual([
      { type: "finish-step", usage, cost: { usd: 0.00092, source: "reported" }, reason: "stop" },
    ]);
    expect(only("ctx-nousage", "finish-step")).toEqual([
      { type: "finish-step", cost: { source: "unknown" }, reason: "stop" },
    ]);
    const { folded } = judge(opencode, readTranscript("opencode", "tc-tools"));
    expect(folded).toMatchObject({ turns: 4, usage: { inputTokens: 3_200, outputTokens: 160, cacheReadTokens: 800 } });
    expect(folded.cost.usd).toBeCloseTo(0.00368, 6);
  });

  test("reasoning is apart from the answer", () => {
    expect(only("think", "reasoning", "text")).toMatchObject([
      { type: "reasoning", text: "let me think" },
      { type: "text", text: "reasoned answer" },
    ]);
  });

  test("tools have their kind, their result and the files they changed", () => {
    expect(only("workspace", "tool-call", "file-change", "permission")).toMatchObject([
      { type: "tool-call", toolName: "write", kind: "edit" },
      { type: "file-change", path: "/home/me/project/a.txt", change: "create" },
      { type: "tool-call", toolName: "bash", kind: "execute" },
      { type: "tool-call", toolName: "write", kind: "edit" },
      { type: "permission", toolName: "write", message: refusal },
      { type: "tool-call", toolName: "bash", kind: "execute" },
      { type: "tool-call", toolName: "write", kind: "edit" },
      { type: "file-change", path: "/home/me/more/m.txt", change: "edit" },
      { type: "tool-call", toolName: "read", kind: "read" },
      { type: "permission", toolName: "read", message: refusal },
      { type: "tool-call", toolName: "question", kind: "other" },
      { type: "tool-call", toolName: "edit", kind: "edit" },
      { type: "file-change", path: "/home/me/project/a.txt", change: "edit" },
      { type: "tool-call", toolName: "todowrite", kind: "think" },
    ]);
    expect(only("apply-patch", "file-change")).toEqual([
      { type: "file-change", path: "/home/me/project/new.txt", change: "create" },
      { type: "file-change", path: "/home/me/project/old.txt", change: "edit" },
      { type: "file-change", path: "/home/me/project/gone.txt", change: "delete" },
      { type: "file-change", path: "/home/me/project/moved2.txt", change: "move" },
    ]);
  });

  test("a result is an error if the call failed, not if the command did", () => {
    expect(only("tc-toolfail", "tool-result")).toMatchObject([
      { isError: true, output: "File not found: /home/me/project/nope.txt" },
      { isError: true, output: expect.stringContaining("unavailable tool") as string },
      { isError: false },
    ]);
  });

  test("tools of MCP servers keep their names", () => {
    expect(only("mcp-submit", "tool-call", "tool-result").slice(-2)).toMatchObject([
      { toolName: "hitch_submit_output", kind: "other", input: { name: "Ada", age: 36 } },
      { isError: false, output: "accepted" },
    ]);
  });

  test("the list of things to do is a plan", () => {
    expect(only("workspace", "plan")).toEqual([{ type: "plan", entries: [{ content: "a", status: "in-progress" }] }]);
  });

  test("what read-only takes from the model is a refused permission", () => {
    expect(only("read-only", "permission")).toMatchObject([
      { toolName: "write", message: "Model tried to call unavailable tool 'write'." },
      { toolName: "bash" },
      { toolName: "edit" },
      { toolName: "read", message: refusal },
    ]);
  });

  test("what OpenCode tells itself after a compaction is no answer", () => {
    expect(only("compaction-overflow", "compaction")).toHaveLength(1);
    expect(only("compaction-once", "text", "compaction")).toMatchObject([
      { type: "text", text: "SUMMARY of the work" },
      { type: "compaction" },
      { type: "text", text: "All done after compaction." },
    ]);
  });

  test("retries of OpenCode's own are shown with their reason", () => {
    expect(only("retry-then-ok", "retry")).toEqual([{ type: "retry", reason: "Rate limit reached" }]);
    expect(only("f-cutonce", "retry")).toEqual([{ type: "retry", reason: "The model's answer broke off." }]);
    expect(only("refused", "retry")).toHaveLength(5);
    expect(only("stream-error", "retry")).toHaveLength(5);
    expect(only("malformed", "retry")).toEqual([]);
    expect(only("overflow", "retry")).toEqual([]);
  });
});

describe("the log says", () => {
  const stamp = "timestamp=2026-01-01T00:00:00.000Z level=WARN run=0a1b2c3d";
  const unavailable = `${stamp} message="server unavailable" key=docs type=local status=failed`;

  test.each([
    [unavailable, /^the MCP server docs could not be started or reached/],
    [`${stamp} message="MCP connection closed" server=issues-1`, /^the MCP server issues-1 has gone/],
  ])("%s", (line, message) => {
    const events = opencode.decoder({ ...plainRequest, mcpServers }).stderr?.(line).events;
    expect(events).toEqual([{ type: "warning", message: expect.stringMatching(message) as string }]);
  });

  test("nothing that matters about servers of the user's own", () => {
    expect(opencode.decoder(plainRequest).stderr?.(unavailable)).toEqual({});
  });
});

describe("the evidence", () => {
  test("a failed call from which OpenCode recovers only explains", () => {
    const { evidence } = judge(opencode, readTranscript("opencode", "compaction-overflow"));
    expect(evidence.filter(({ type }) => type === "failure")).not.toHaveLength(0);
    for (const found of evidence) expect(found).toMatchObject(found.type === "failure" ? { recovered: true } : found);
    expect(evidence.at(-1)).toEqual({ type: "ended", ok: true, exitCode: 1 });
  });

  test("an error that is printed twice is one failure", () => {
    const { evidence } = judge(opencode, readTranscript("opencode", "f-ectx"));
    expect(evidence).toMatchObject([{ type: "failure", name: "ContextOverflowError" }]);
  });

  test("a server's wish to wait is handed on", () => {
    const { evidence } = judge(opencode, readTranscript("opencode", "f-e429"));
    expect(evidence).toMatchObject([{ status: 429, name: "rate_limit_exceeded", retryAfterMs: 2000 }]);
  });

  test("without a session asked for, a missing one is not the caller's affair", () => {
    const { evidence } = judge(opencode, readTranscript("opencode", "session-none"));
    expect(evidence).toEqual([{ type: "failure", message: "Session not found" }]);
  });

  test.each(["compaction-loop", "f-endnofinish", "f-malformedall"])("%s is stopped, once", (name) => {
    const { evidence } = judge(opencode, readTranscript("opencode", name));
    expect(evidence.filter(({ type }) => type === "stop")).toHaveLength(1);
  });
});
