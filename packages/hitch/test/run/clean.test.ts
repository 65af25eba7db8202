/** Runs with isolation `clean`: what their agents have, what is kept for a later run, and what is not. */
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Provider, RunRequest } from "../../src/provider.ts";
import type { RunResult } from "../../src/vocabulary/result.ts";
import { answer, script, scripted } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";

const provider: Provider = {
  ...scripted,
  agent: { ...scripted.agent, home: { env: "SCRIPTED_HOME", user: "~/.scripted" } },
  capabilities: {
    ...scripted.capabilities,
    options: { ...scripted.capabilities.options, clean: true, fork: true },
  },
};

const clean = { provider, isolation: "clean" } as const;

let state = "";
let cwd = "";

beforeEach(() => {
  [state, cwd] = [temporaryDirectory(), temporaryDirectory()];
  vi.stubEnv("HITCH_STATE_DIR", state);
  onTestFinished(() => void vi.unstubAllEnvs());
});

/** What is in the folder of homes. */
function homes(): readonly string[] {
  return readdirSync(join(state, "homes")).sort();
}

/** What is there without what leads there and when it was used. */
function homesAlone(): readonly string[] {
  return homes().filter((name) => !/\.(session|used)$/.test(name));
}

function begin(id: string): Record<string, unknown> {
  return { line: { events: [{ type: "session", session: { provider: "scripted", id, cwd } }] } };
}

/** Runs an agent that begins a session and does this in a shell. */
async function runShell(
  id: string,
  shell: string,
  options: Readonly<Record<string, unknown>> = {},
): Promise<RunResult> {
  return start(script(begin(id), { shell }, ...answer("Done.")), { ...clean, cwd, ...options }).result;
}

function fileIn(name: string): string {
  return readFileSync(join(cwd, name), "utf8");
}

describe("the environment", () => {
  test("is what every program needs and what the call gives, with a private home", async () => {
    vi.stubEnv("SECRET_OF_MINE", "whatever");
    vi.stubEnv("OPENAI_API_KEY", "sk-of-mine-123456");
    vi.stubEnv("XDG_CONFIG_HOME", "/home/me/.config");
    vi.stubEnv("LC_TIME", "C.UTF-8");
    await runShell("a", "env > env.txt", { env: { GIVEN: "1", HTTP_PROXY: "http://me:pw@proxy" } });
    const variables = Object.fromEntries(
      fileIn("env.txt")
        .split("\n")
        .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    expect(variables).toMatchObject({ GIVEN: "1", LC_TIME: "C.UTF-8", HTTP_PROXY: "http://me:pw@proxy" });
    expect(variables).not.toHaveProperty("SECRET_OF_MINE");
    expect(variables).not.toHaveProperty("OPENAI_API_KEY");
    expect(variables).not.toHaveProperty("XDG_CONFIG_HOME");
    expect(variables.HOME).toMatch(new RegExp(`^${state}/homes/[0-9a-f]{11}$`));
    expect(lstatSync(String(variables.HOME)).mode & 0o777).toBe(0o700);
  });

  test.each([["HOME"], ["SCRIPTED_HOME"]])("is refused with %s in it, which would lead out", async (name) => {
    const { error } = await start(script(), { ...clean, cwd, env: { [name]: "/home/me" } }).settled;
    expect(error).toMatchObject({ code: "invalid-options", option: `env.${name}`, reason: "contradiction" });
  });

  test("is not to be had from an agent that cannot, with lenient too", async () => {
    const { error } = await start(script(), { isolation: "clean", lenient: true, cwd }).settled;
    expect(error).toMatchObject({ code: "unsupported-option", option: "isolation", reason: "unsupported" });
    expect(existsSync(join(state, "homes"))).toBe(false);
  });
});

describe("a home", () => {
  test("is there again for the session that began in it, and for no other run", async () => {
    await runShell("a", "echo mine > ~/note");
    await runShell("b", "ls ~ > other.txt");
    const { isolation } = await runShell("a", "cat ~/note > again.txt", { session: "a" });
    expect(isolation).toBe("clean");
    expect([fileIn("other.txt"), fileIn("again.txt")]).toEqual(["", "mine\n"]);
    expect(homesAlone()).toHaveLength(2);
  });

  test("is copied for a branch, links as links", async () => {
    await runShell("a", "echo old > ~/note; ln -s note ~/link; mkfifo ~/pipe");
    await runShell("branch", "cat ~/link > branch.txt; echo new > ~/note", { session: "a", fork: true });
    await runShell("a", "cat ~/note > original.txt", { session: "a" });
    await runShell("branch", "cat ~/note > later.txt", { session: "branch" });
    expect([fileIn("branch.txt"), fileIn("original.txt"), fileIn("later.txt")]).toEqual(["old\n", "old\n", "new\n"]);
  });

  test("is copied for a branch without what cannot be read, with a warning", async () => {
    const long = "d".repeat(200);
    // What is too deep cannot be named.
    const deep = `mkdir ~/$top; cd ~/$top; for i in $(seq 25); do mkdir ${long}; cd -P ./ddd*; done`;
    await runShell("a", `echo kept > ~/note; for top in 1 2 3 4; do (${deep}); done`);
    const { warnings } = await runShell("b", "ls ~ > branch.txt", { session: "a", fork: true });
    expect(fileIn("branch.txt")).toBe("1\n2\n3\n4\nnote\n");
    expect(warnings).toEqual([expect.stringMatching(/^what cannot be read is missing .*d".* and 1 more$/)]);
  });

  test("is copied for a branch, names that are no text too", async () => {
    await runShell("a", `cd ~; echo mine > "$(printf 'caf\\351')"`);
    const { warnings } = await runShell("b", "cat ~/caf* > branch.txt", { session: "a", fork: true });
    expect([fileIn("branch.txt"), warnings]).toEqual(["mine\n", []]);
  });

  test("goes with a run in which no session began, whatever is in it", async () => {
    const shell = "mkdir -p ~/.cache/module; touch ~/.cache/module/file; chmod -R a-w ~/.cache";
    await start(script({ shell }, ...answer("Done.")), { ...clean, cwd });
    const failed = await start(script({ exit: 1 }), { ...clean, cwd }).settled;
    expect([failed.status, homes()]).toEqual(["failed", []]);
  });

  test("cannot be had by an agent that tells the session of another", async () => {
    await runShell("a", "echo mine > ~/note");
    const thief = await runShell("a", "echo theirs > ~/note");
    expect(thief.warnings).toEqual([
      expect.stringMatching(/^session a will not be found again: .*another private home$/),
    ]);
    await runShell("a", "cat ~/note > again.txt", { session: "a" });
    expect(fileIn("again.txt")).toBe("mine\n");
    expect(homesAlone()).toHaveLength(1);
  });

  test("is not for a session that began in the user's own", async () => {
    await runShell("mine", "true", { isolation: "inherit" });
    const { error } = await start(script(...answer("No.")), { ...clean, cwd, session: "mine" }).settled;
    expect(error).toMatchObject({ code: "session-not-found", option: "session", reason: "other-isolation" });
    expect(homes()).toEqual([]);
  });

  test("locks nobody out of a session of his own whose name an agent has told", async () => {
    await runShell("mine", "true");
    const { text, warnings } = await runShell("mine", "true", { isolation: "inherit", session: "mine" });
    expect([text, warnings]).toEqual(["Done.", [expect.stringContaining("in your own home")]]);
  });

  test("has the name of one session, the last that the agent told", async () => {
    const { session, warnings } = await start(script(begin("a"), begin("b"), begin("c"), ...answer("Done.")), {
      ...clean,
      cwd,
    }).result;
    expect(session?.id).toBe("c");
    expect(warnings).toEqual([expect.stringContaining("another one, b"), expect.stringContaining("another one, c")]);
    expect(homes().filter((name) => name.endsWith(".session"))).toHaveLength(1);
    await runShell("c", "true", { session: "c" });
  });

  test("is not copied for a branch if it is too large, holes too", async () => {
    await runShell("a", "truncate -s 6G ~/big");
    const { error } = await start(script(...answer("No.")), { ...clean, cwd, session: "a", fork: true }).settled;
    expect(error).toMatchObject({ code: "invalid-options", option: "fork", reason: "too-large" });
    expect(error?.message).toMatch(/session a has 6\.4 GB.*: .*\/homes\/[0-9a-f]{11}$/);
    expect(homesAlone()).toHaveLength(1);
  });

  test("is a new one for each provider of a list, and only the last one's is kept", async () => {
    const failing = {
      ...provider,
      id: "first",
      command: () => ({ args: [], stdin: script({ line: { failure: { status: 503, message: "busy" } } }) }),
    };
    const result = await runShell("a", "pwd > ~/pwd", { provider: [failing, provider], retries: { transient: 0 } });
    expect(result.attempts.map((attempt) => attempt.provider)).toEqual(["first", "scripted"]);
    expect(homesAlone()).toHaveLength(1);
  });
});

describe("files of the provider's", () => {
  const withFiles = (homeFiles: Readonly<Record<string, string>>): Provider => ({
    ...provider,
    command: (request: RunRequest) => ({ ...scripted.command(request), homeFiles }),
  });

  test("are written whole before each attempt, and no link leads them out", async () => {
    const outside = temporaryDirectory();
    mkdirSync(join(outside, "folder"));
    writeFileSync(join(outside, "kept.txt"), "mine");
    const options = { provider: withFiles({ ".tool/settings.json": "{}", "top.txt": "top" }) };
    await runShell("a", "ls -la ~ ~/.tool > first.txt; rm -r ~/.tool ~/top.txt", options);
    expect(fileIn("first.txt")).toMatch(/-rw------- .* settings\.json/);
    await runShell("a", `ln -s ${outside}/folder ~/.tool; ln -s ${outside}/kept.txt ~/top.txt`, { session: "a" });
    await runShell("a", "cat ~/.tool/settings.json ~/top.txt > second.txt", { ...options, session: "a" });
    expect(fileIn("second.txt")).toBe("{}top");
    expect(readdirSync(join(outside, "folder"))).toEqual([]);
    expect(readFileSync(join(outside, "kept.txt"), "utf8")).toBe("mine");
  });

  test.each(["../out.txt", "/etc/out.txt", "a//b", "a/./b"])("cannot be at %s", async (name) => {
    const { error } = await start(script(...answer("No.")), { ...clean, cwd, provider: withFiles({ [name]: "" }) })
      .settled;
    expect(error).toMatchObject({
      code: "internal",
      message: expect.stringContaining("is no file below a home") as string,
    });
  });
});

describe("what an agent needs once", () => {
  test("is done in a home that is nobody's, and copied to each", async () => {
    const steps = join(cwd, "steps.json");
    writeFileSync(steps, script({ shell: "echo $PWD >> ~/prepared" }));
    const preparing: Provider = {
      ...provider,
      prepare: ({ env }) => [{ key: "database", creates: `${String(env.HOME)}/prepared`, args: [steps] }],
    };
    await runShell("a", "cat ~/prepared > a.txt", { provider: preparing });
    await runShell("b", "cat ~/prepared > b.txt", { provider: preparing });
    await runShell("a", "cat ~/prepared > again.txt", { provider: preparing, session: "a" });
    expect(fileIn("a.txt")).toMatch(/^.*\/homes\/template-[0-9a-f]{24}\n$/);
    expect([fileIn("b.txt"), fileIn("again.txt")]).toEqual([fileIn("a.txt"), fileIn("a.txt")]);
  });

  test("is done with nothing of the caller's", async () => {
    const steps = join(cwd, "steps.json");
    writeFileSync(steps, script({ shell: "env > ~/prepared" }));
    const preparing: Provider = {
      ...provider,
      prepare: ({ env }) => [{ key: "database", creates: `${String(env.HOME)}/prepared`, args: [steps] }],
    };
    await runShell("a", "cp ~/prepared a.txt", { provider: preparing, env: { A_KEY: "of-this-tenant" } });
    expect(fileIn("a.txt")).toContain("PATH=");
    expect(fileIn("a.txt")).not.toContain("A_KEY");
  });

  test("may lie where all homes have it in common", async () => {
    const steps = join(cwd, "steps.json");
    writeFileSync(steps, script({ shell: 'echo unpacked >> "$PACKAGE"' }));
    const packageIn = ({ shared }: RunRequest) => ({ PACKAGE: `${String(shared)}/package` });
    const unpacking: Provider = {
      ...provider,
      prepare: (request) => [
        { key: "package", creates: packageIn(request).PACKAGE, args: [steps], env: packageIn(request) },
      ],
      command: (request) => ({ ...provider.command(request), env: packageIn(request) }),
    };
    await runShell("a", 'cat "$PACKAGE" > a.txt', { provider: unpacking });
    await runShell("b", 'echo "$PACKAGE" > place.txt; cat "$PACKAGE" > b.txt', { provider: unpacking });
    expect(fileIn("place.txt")).toMatch(/\/homes\/shared-scripted\/package\n$/);
    expect([fileIn("a.txt"), fileIn("b.txt")]).toEqual(["unpacked\n", "unpacked\n"]);
  });
});

test("a plan says where the home will be, and what will be written there", async () => {
  const { planRun } = await import("../../src/run/plan.ts");
  const planned: Provider = { ...provider, command: () => ({ args: [], stdin: "", homeFiles: { "a/b.json": "{}" } }) };
  const lookup = { find: () => undefined, ids: [] };
  const plan = planRun("Hi.", { ...clean, provider: planned, cwd }, lookup, { env: process.env, cwd });
  expect(plan.env).toMatchObject({ HOME: "/<home>", HITCH_STATE_DIR: null });
  expect(plan.files).toEqual({ "/<home>/a/b.json": "{}" });
});
