/** What an agent in a sandbox leaves for Git, for its own next attempt, and for readers of journals. */
import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { watchPlanted } from "../../src/effects/sandbox/planted.ts";
import type { HarnessOptions } from "../../src/run/options.ts";
import { putBubblewrapOnPath } from "../support/bubblewrap.ts";
import { git } from "../support/git.ts";
import { answer, script } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";

beforeAll(putBubblewrapOnPath);

interface Ground {
  readonly home: string;
  readonly cwd: string;
}

function makeGround(): Ground {
  const home = join(temporaryDirectory(), "home");
  const cwd = join(home, "project");
  mkdirSync(cwd, { recursive: true });
  return { home, cwd };
}

function makeRepository(): Ground {
  const ground = makeGround();
  git(ground.cwd, "init", "--quiet");
  return ground;
}

async function runShell({ home, cwd }: Ground, command: string, options: HarnessOptions = {}) {
  const prompt = script({ shell: command }, ...answer("Done."));
  return await start(prompt, { cwd, sandbox: true, ...options, env: { HOME: home } });
}

/** Settings by which Git starts a program that leaves a file. */
function hostile(trace: string): string {
  return `[core]\n\trepositoryformatversion = 0\n\tfsmonitor = "touch ${trace}; false"\n`;
}

test("the names of a closed network are not the agent's to replace between two attempts", async () => {
  const { home, cwd } = makeGround();
  const secret = join(home, "key");
  writeFileSync(secret, "a secret key\n");
  const command = [
    "scratch=$(awk '{ print $5 }' /proc/self/mountinfo | grep '/scratch$')",
    "cat /etc/hosts >> seen.txt",
    `ln -sf ${secret} $scratch/sandbox-hosts`,
  ].join("; ");
  const failure = { code: "overloaded", message: "busy" };
  const { error } = await start(script({ shell: command }, { line: { failure } }, { exit: 1 }), {
    cwd,
    sandbox: { network: false },
    retries: { transient: 1 },
    env: { HOME: home },
  }).settled;
  expect(error?.result.attempts).toHaveLength(2);
  expect(readFileSync(join(cwd, "seen.txt"), "utf8")).toBe("127.0.0.1 localhost\n".repeat(2));
});

describe("what the agent has made for Git is taken away:", () => {
  test("all of it, though folders are closed to their owner", () => {
    // Modes don't stop root, and other users don't reach the usual place.
    const directory = mkdtempSync("/tmp/hitch-planted-");
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    git(directory, "init", "--quiet");
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    if (user.uid !== undefined) execFileSync("chown", ["-R", `${user.uid}:${user.gid}`, directory]);
    const planted = fileURLToPath(new URL("../../src/effects/sandbox/planted.ts", import.meta.url));
    const code = `
      const { execFileSync } = await import("node:child_process");
      const { watchPlanted } = await import(${JSON.stringify(planted)});
      const putRight = watchPlanted([process.argv[1]]);
      const plants = "mkdir -p config.worktree/x; touch config.worktree/x/file; echo ../evil > commondir";
      execFileSync("sh", ["-c", "cd .git; " + plants + "; chmod 0 config.worktree/x; chmod 500 ."]);
      console.log(JSON.stringify(await putRight()));`;
    const words = ["--input-type=module", "--eval", code, directory];
    const told = execFileSync(process.execPath, words, { ...user, cwd: directory, encoding: "utf8", stdio: "pipe" });
    const folder = join(directory, ".git");
    const removed = ["config.worktree", "commondir"].map((name) => join(folder, name));
    expect(JSON.parse(told)).toEqual({ removed, putBack: [], failed: [] });
    expect(readdirSync(folder).filter((name) => /commondir|worktree|removed/.test(name))).toEqual([]);
  });

  test("nothing of elsewhere, though a folder on the way is a link there now", async () => {
    const { home, cwd } = makeRepository();
    rmSync(join(cwd, ".git", "hooks"), { recursive: true });
    for (const path of [join(cwd, "a"), join(home, "mine")]) mkdirSync(path);
    symlinkSync("../a/hooks", join(cwd, ".git", "hooks"));
    const putRight = watchPlanted([cwd]);
    writeFileSync(join(home, "mine", "hooks"), "");
    renameSync(join(cwd, "a"), join(cwd, "b"));
    symlinkSync(join(home, "mine"), join(cwd, "a"));
    const { removed, failed } = await putRight();
    expect(removed).toEqual([]);
    expect(failed).toEqual([expect.stringContaining(`${join(cwd, "a")} is no folder any more`)]);
    expect(readdirSync(join(home, "mine"))).toEqual(["hooks"]);
  });
});

describe("a link of the user's for Git", () => {
  test("is put back, and what it leads to is not written", async () => {
    const ground = makeRepository();
    const { home, cwd } = ground;
    const [folder, trace] = [join(cwd, ".git"), join(home, "trace")];
    rmSync(join(folder, "hooks"), { recursive: true });
    mkdirSync(join(cwd, "githooks"));
    symlinkSync("../githooks", join(folder, "hooks"));
    renameSync(join(folder, "config"), join(home, "settings"));
    symlinkSync("../../settings", join(folder, "config"));
    writeFileSync(join(home, "evil"), hostile(trace));
    const { warnings } = await runShell(
      ground,
      "echo x > .git/hooks/post-checkout; rm .git/hooks; mkdir .git/hooks; touch .git/hooks/pre-commit;" +
        `rm .git/config; printf '%s' '${hostile(trace)}' > .git/config`,
    );
    expect(["hooks", "config"].map((name) => readlinkSync(join(folder, name)))).toEqual([
      "../githooks",
      "../../settings",
    ]);
    expect(readdirSync(join(cwd, "githooks"))).toEqual([]);
    expect(warnings.filter((warning) => warning.startsWith("put back, "))).toHaveLength(2);
    git(cwd, "status");
    expect(existsSync(trace)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.includes("removed"))).toEqual([]);
  });

  test("that leads to nothing leads there afterwards too", async () => {
    const ground = makeRepository();
    const hooks = join(ground.cwd, ".git", "hooks");
    rmSync(hooks, { recursive: true });
    symlinkSync("../tools/hooks", hooks);
    const { warnings } = await runShell(ground, "mkdir -p tools/hooks; touch tools/hooks/pre-commit");
    expect(lstatSync(hooks).isSymbolicLink()).toBe(true);
    expect(existsSync(join(ground.cwd, "tools"))).toBe(false);
    expect(warnings).toEqual([
      `removed, since Git would do what the agent has written there: ${join(ground.cwd, "tools")}`,
    ]);
  });
});

test("repositories below the directory have what tells Git to start programs sealed", async () => {
  const ground = makeGround();
  for (const name of ["a", "deep/er/b"]) git(ground.cwd, "init", "--quiet", name);
  const before = readFileSync(join(ground.cwd, "a", ".git", "config"), "utf8");
  const tries = ["a", "deep/er/b"].map(
    (name) => `echo x >> ${name}/.git/config; touch ${name}/.git/hooks/pre-commit; mv ${name}/.git ${name}/moved`,
  );
  await runShell(ground, `${tries.join("; ")}; mv deep moved; cd a && echo x > file && git add file`);
  for (const name of ["a", "deep/er/b"]) {
    const folder = join(ground.cwd, name, ".git");
    expect(readFileSync(join(folder, "config"), "utf8")).toBe(before);
    expect(existsSync(join(folder, "hooks", "pre-commit"))).toBe(false);
  }
  expect(git(join(ground.cwd, "a"), "status", "--short")).toBe("A  file\n");
});

test("a place for journals of the caller's own is empty for the agent", async () => {
  const ground = makeGround();
  const journal = join(dirname(ground.home), "journals");
  const { runId } = await runShell(ground, "true", { journal, sandbox: false });
  const events = join(journal, runId, "events.jsonl");
  expect(existsSync(events)).toBe(true);
  await runShell(ground, `cat ${events} > read.txt; echo x > ${journal}/x; echo x >> ${events}`, {
    journal,
    sandbox: { writable: [dirname(ground.home)] },
  });
  expect(readFileSync(join(ground.cwd, "read.txt"), "utf8")).toBe("");
  expect(readdirSync(journal)).not.toContain("x");
});
