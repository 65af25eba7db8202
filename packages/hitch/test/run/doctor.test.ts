import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Agent } from "../../src/provider.ts";
import { openState } from "../../src/effects/state.ts";
import { exitCodeOfProblems, ok, problemsIn, warning, type Finding } from "../../src/run/doctor/finding.ts";
import { examineLogin } from "../../src/run/doctor/login.ts";
import { examineMachine } from "../../src/run/doctor/machine.ts";
import { examineProvider, type ProviderReport } from "../../src/run/doctor/provider.ts";
import { judgeVersion } from "../../src/run/doctor/version.ts";
import { expectNothingAlive } from "../support/no-leftovers.ts";
import { scripted } from "../support/scripted-agent.ts";
import { temporaryDirectory } from "../support/start.ts";

const agent: Agent = {
  launch: [{ name: "some-agent" }],
  install: "npm install -g some-agent",
  version: { args: ["--version"], tested: "1.2.3" },
  login: { env: ["SOME_KEY"], files: ["~/.some/auth.json", "~/.local/share/some/auth.json"] },
  home: { env: "SOME_HOME", user: "~/.some" },
};

describe("a login", () => {
  const write = (path: string, text: string): void => {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  };

  test("is a variable that is set; its value is never told", () => {
    const { login, finding } = examineLogin(agent, { HOME: temporaryDirectory(), SOME_KEY: "the-secret" });
    expect([login, finding]).toEqual(["yes", ok("login", "yes: SOME_KEY")]);
  });

  test.each([
    ["at home", (home: string) => join(home, ".some/auth.json"), () => ({})],
    ["in the agent's own directory", (home: string) => join(home, "moved/auth.json"), own],
    ["in the data directory", (home: string) => join(home, "data/some/auth.json"), data],
  ])("is a file %s", (_where, place, variables) => {
    const home = temporaryDirectory();
    write(place(home), '{"token":"x"}');
    expect(examineLogin(agent, { HOME: home, ...variables(home) }).login).toBe("yes");
  });

  test("is not a file that says that there is none", () => {
    const home = temporaryDirectory();
    write(join(home, ".some/auth.json"), "{}\n");
    const { login, finding } = examineLogin(agent, { HOME: home });
    expect(login).toBe("no");
    expect(finding).toMatchObject({
      status: "warning",
      message: expect.stringContaining("~/.some/auth.json") as string,
    });
  });

  test("is told by the place that was looked at", () => {
    const home = temporaryDirectory();
    const elsewhere = temporaryDirectory();
    const variables = { HOME: home, SOME_HOME: elsewhere, XDG_DATA_HOME: join(home, "data") };
    const looked = `SOME_KEY, ${elsewhere}/auth.json, ~/data/some/auth.json`;
    expect(examineLogin(agent, variables).finding.message).toBe(`no sign of one; looked for ${looked}`);
    write(join(elsewhere, "auth.json"), '{"token":"x"}');
    expect(examineLogin(agent, variables).finding).toEqual(ok("login", `yes: ${elsewhere}/auth.json`));
  });

  test("is unknown where the agent shows it nowhere", () => {
    expect(examineLogin({ ...agent, login: { env: [], files: [] } }, {}).login).toBe("unknown");
  });

  function own(home: string): Record<string, string> {
    return { SOME_HOME: join(home, "moved") };
  }

  function data(home: string): Record<string, string> {
    return { XDG_DATA_HOME: join(home, "data") };
  }
});

describe("a version", () => {
  test.each([
    ["1.2.3\n", "1.2.3", "ok", "1.2.3, as tested"],
    ["\u001b[1mv1.3.0\u001b[0m", "1.3.0", "ok", "1.3.0, newer than the tested 1.2.3"],
    ["1.1.9", "1.1.9", "warning", "1.1.9, older than the tested 1.2.3"],
    ["Hello!", undefined, "warning", 'unknown: --version printed "Hello!"'],
    ["", undefined, "warning", "unknown: --version printed nothing"],
  ])("%j is %s: %s", (printed, version, status, message) => {
    expect(judgeVersion(agent, printed)).toMatchObject({ ...(version && { version }), finding: { status, message } });
  });
});

test("the exit code is that of the problem that says most", () => {
  const missing = { check: "program", status: "problem", code: "executable-not-found", message: "", hint: "" } as const;
  const limited = { check: "probe", status: "problem", code: "rate-limited", message: "", hint: "" } as const;
  expect(exitCodeOfProblems([])).toBe(0);
  expect(exitCodeOfProblems([missing])).toBe(3);
  expect(exitCodeOfProblems([missing, limited])).toBe(4);
  expect(problemsIn([ok("node", ""), warning("git", ""), missing])).toEqual([missing]);
});

describe("the machine", () => {
  const examine = async (env: Record<string, string>, cwd?: string): Promise<Record<string, Finding>> => {
    const surroundings = { env: { ...process.env, ...env }, cwd: temporaryDirectory() };
    const { findings } = await examineMachine(cwd, surroundings);
    return Object.fromEntries(findings.map((finding) => [finding.check, finding]));
  };

  test("is well", async () => {
    const found = await examine({});
    expect(Object.keys(found)).toEqual(["node", "directory", "git", "state", "containment", "environment"]);
    expect(Object.values(found).filter(({ status }) => status === "problem")).toEqual([]);
    await expectNothingAlive();
  });

  test("has a directory that is missing", async () => {
    const { directory } = await examine({}, "nowhere");
    expect(directory).toMatchObject({ status: "problem", code: "cwd-not-found" });
  });

  test("has no Git, which is a warning", async () => {
    expect((await examine({ PATH: temporaryDirectory() })).git).toMatchObject({ status: "warning" });
  });

  test("has a state directory that was asked for and cannot be used", async () => {
    const file = join(temporaryDirectory(), "file");
    writeFileSync(file, "");
    const { state, containment } = await examine({ HITCH_STATE_DIR: file });
    expect(state).toMatchObject({ status: "problem", code: "invalid-options" });
    expect(containment).toBeUndefined();
  });

  test("has variables that are not handed on, with the reason", async () => {
    const { environment } = await examine({ CLAUDECODE: "1" });
    expect(environment?.message).toContain("CLAUDECODE (says that the process runs inside Claude Code)");
  });
});

describe("a provider", () => {
  const examine = (program: string | undefined): Promise<ProviderReport> => {
    const directory = temporaryDirectory();
    const executable = join(directory, "some-agent");
    if (program !== undefined) {
      writeFileSync(executable, program);
      chmodSync(executable, 0o755);
    }
    const surroundings = { env: { ...process.env, PATH: `${directory}:/usr/bin:/bin` }, cwd: directory };
    return examineProvider(
      {
        provider: { ...scripted, agent },
        options: {},
        state: openState(surroundings.env),
        probe: false,
        versionLimitMs: 5_000,
      },
      surroundings,
    );
  };
  const versionOf = ({ findings }: ProviderReport): Finding | undefined =>
    findings.find(({ check }) => check === "version");

  test("that is installed is usable", async () => {
    const report = await examine("#!/bin/sh\necho some-agent 1.2.3");
    expect(report).toMatchObject({ usable: true, version: "1.2.3", testedVersion: "1.2.3", login: "no" });
    expect(report.findings.map(({ check, status }) => `${check} ${status}`)).toEqual([
      "program ok",
      "version ok",
      "login warning",
    ]);
  });

  test("that is not installed says how to install it", async () => {
    const { usable, findings } = await examine(undefined);
    expect(usable).toBe(false);
    expect(findings).toEqual([
      {
        check: "program",
        status: "problem",
        code: "executable-not-found",
        message: "not installed: no some-agent on the PATH",
        hint: "Install it: npm install -g some-agent",
      },
    ]);
  });

  test.each([
    ["says its version on stderr", "echo 1.2.3 >&2", "1.2.3, as tested"],
    ["prints rubbish", "head -c 100000 /dev/zero | tr '\\0' x", 'unknown: --version printed "xxx'],
    ["fails", "echo it is broken >&2; exit 7", "unknown: --version ended with exit code 7: it is broken"],
    ["hangs, and so does what it started", "sleep 600 & sleep 600", "unknown: --version did not end within 5 s"],
  ])("that %s is told of", async (_how, commands, message) => {
    const report = await examine(`#!/bin/sh\n${commands}`);
    expect(report.usable).toBe(true);
    expect(versionOf(report)?.message).toContain(message);
  });

  test("that hung has left nothing", expectNothingAlive);

  test("is asked in an empty directory with a temp directory that goes with it", async () => {
    const { executable } = await examine('#!/bin/sh\n{ pwd; echo "$TMPDIR"; ls; } > "$0.log"; touch left; echo 1.2.3');
    const [directory = "", temp, ...files] = readFileSync(`${executable}.log`, "utf8").trimEnd().split("\n");
    expect([temp, ...files]).toEqual([directory]);
    expect(existsSync(directory)).toBe(false);
  });
});
