import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ended, eventually, hitch, isAlive, lastOf, makeUser, startHitch, untilStarted } from "./command.ts";
import { startHitchInTerminal } from "./live/terminal.ts";
import { readPids, signalProcess } from "../support/signal.ts";
import { makeStuckRun } from "../support/stuck-run.ts";

describe("help", () => {
  test("--help and hitch run --help go to stdout and fit the screen's width", async () => {
    for (const args of [["--help"], ["help"], ["run", "--help"], ["run", "--bogus", "-h"]]) {
      const { stdout, stderr, code } = await hitch(makeUser(), args);
      expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
      expect(stdout).toContain("Usage: hitch");
      expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
    }
  });

  test("hitch alone is a wrong call: the help goes to stderr", async () => {
    const { stdout, stderr, code } = await hitch(makeUser(), []);
    expect({ stdout, code }).toEqual({ stdout: "", code: 2 });
    expect(stderr).toContain("hitch run");
  });

  test("it is as wide as the terminal", async () => {
    const user = makeUser();
    for (const [columns, args] of [
      [40, ["--help"]],
      [40, ["run", "--help"]],
      [80, ["run", "--help"]],
      [60, ["doctor", "--help"]],
    ] as const) {
      const { stdout } = await ended(startHitchInTerminal(args, { columns, cwd: user.directory, env: user.env }));
      const [text = ""] = stdout.split("Examples:");
      expect(text).toContain("-h, --help");
      expect(Math.max(...text.split("\n").map((line) => line.trimEnd().length))).toBeLessThanOrEqual(columns);
    }
  });

  test.each([
    [["help", "nope"], "nope", "unknown command 'nope'\n  See hitch --help. A prompt goes to hitch run."],
    [["--nope"], "--nope", "unknown option '--nope'\n  See hitch --help. A prompt goes to hitch run."],
    [["completion", "tcsh"], "shell", 'shell: "tcsh" is not one of bash, zsh, fish\n'],
    [["completion"], "shell", "missing required argument 'shell'\n  See hitch completion --help."],
  ])("a wrong call %j is told in our words", async (args, option, told) => {
    const { stdout, stderr, code } = await hitch(makeUser(), args);
    expect({ stdout, code }).toEqual({ stdout: "", code: 2 });
    expect(stderr).toContain(`hitch: invalid-options: ${told}`);
    const json = await hitch(makeUser(), [...args, "--json"]);
    expect(lastOf(json.stdout).error).toMatchObject({ code: "invalid-options", option });
  });

  test("--version is the package's", async () => {
    const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
    const { version } = JSON.parse(text) as { version: string };
    expect(await hitch(makeUser(), ["--version"])).toEqual({ stdout: `${version}\n`, stderr: "", code: 0 });
  });
});

describe("hitch reap", () => {
  test("says that there is nothing to end", async () => {
    const user = makeUser();
    expect(await hitch(user, ["reap"])).toEqual({ stdout: "Nothing was left of any run.\n", stderr: "", code: 0 });
    expect(await hitch(user, ["reap", "--json"])).toEqual({
      stdout: `{"runs":[],"worktrees":[],"homes":[]}\n`,
      stderr: "",
      code: 0,
    });
  });

  test("ends what a host and a reaper that were killed together left behind", async () => {
    const user = makeUser({ hang: true });
    const child = startHitch(user, ["run", "Why?"]);
    child.stdin?.end();
    const { pid, sleeper } = await untilStarted(user);
    for (const reaper of childrenOf(child.pid).filter((one) => one !== pid)) signalProcess(reaper);
    child.kill("SIGKILL");
    await eventually(() => !isAlive(child.pid));
    expect([isAlive(pid), isAlive(sleeper)]).toEqual([true, true]);

    const { stdout, code } = await hitch(user, ["reap", "--json"]);
    expect(code).toBe(0);
    const { runs } = JSON.parse(stdout) as { runs: { cwd: string; processes: { pid: number }[] }[] };
    expect(runs).toMatchObject([{ cwd: user.directory }]);
    expect(runs[0]?.processes.map((one) => one.pid)).toEqual(expect.arrayContaining([pid, sleeper]));
    expect([isAlive(pid), isAlive(sleeper)]).toEqual([false, false]);
  });

  test("tells of a folder that it cannot remove, and ends with 1", async () => {
    const user = makeUser();
    const { runId, stateDirectory } = makeStuckRun();
    const stuck = { ...user, env: { ...user.env, HITCH_STATE_DIR: stateDirectory } };
    const { stdout, stderr, code } = await hitch(stuck, ["reap"]);
    expect({ stderr, code }).toEqual({ stderr: "", code: 1 });
    expect(stdout).toContain(`run ${runId} in /, started 2026-01-01: 0 ended\n`);
    expect(stdout).toMatch(new RegExp(`^run ${runId}: its folder /.* could not be removed: ENAMETOOLONG`, "m"));
    const { runs } = JSON.parse((await hitch(stuck, ["reap", "--json"])).stdout) as { runs: unknown };
    expect(runs).toMatchObject([{ runId, problem: expect.stringContaining("ENAMETOOLONG") as string }]);
  });

  test("refuses a state directory that cannot be written", async () => {
    const user = makeUser();
    const file = join(user.directory, "file");
    writeFileSync(file, "");
    const { stderr, code } = await hitch({ ...user, env: { ...user.env, HITCH_STATE_DIR: file } }, ["reap"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^hitch: invalid-options: HITCH_STATE_DIR: cannot write to .*file/);
  });
});

function childrenOf(pid: number | undefined): number[] {
  return readPids(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8"));
}
