/** What an agent in a sandbox can do and what it can't is what its files, and a listener, say afterwards. */
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { planRun } from "../../src/run/plan.ts";
import type { HarnessOptions } from "../../src/run/options.ts";
import type { HarnessError } from "../../src/vocabulary/error.ts";
import { putBubblewrapOnPath } from "../support/bubblewrap.ts";
import { git } from "../support/git.ts";
import { answer, script, scripted } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";

beforeAll(putBubblewrapOnPath);

interface Ground {
  readonly cwd: string;
  readonly home: string;
}

function makeGround(): Ground {
  const directory = temporaryDirectory();
  const ground = { cwd: join(directory, "home", "project"), home: join(directory, "home") };
  for (const path of [ground.cwd, join(ground.home, ".ssh"), join(ground.home, ".scripted")]) {
    mkdirSync(path, { recursive: true });
  }
  writeFileSync(join(ground.home, ".ssh", "id_ed25519"), "a secret key\n");
  writeFileSync(join(ground.cwd, "file.txt"), "a file\n");
  return ground;
}

/** An agent that keeps things in the home. */
const keeper = {
  ...scripted,
  agent: { ...scripted.agent, keeps: [{ user: "~/.scripted" }, { env: "KEPT", user: "~", below: "made" }] },
};

/** Runs a script of the shell as the agent's tool. */
async function runShell(ground: Ground, command: string, options: HarnessOptions = {}) {
  const { cwd, home } = ground;
  const run = start(script({ shell: command }, ...answer("Done.")), {
    provider: keeper,
    cwd,
    sandbox: true,
    ...options,
    env: { HOME: home, ...options.env },
  });
  return { ...(await run), run };
}

async function listen(): Promise<{ readonly port: number; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end("x".repeat(2_000_000));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return { port: (server.address() as AddressInfo).port, asked };
}

/** Asks for an address and writes down what came of it. */
function ask(url: string): string {
  const program = `fetch("${url}").then((r) => r.text()).then((t) => t.length, (e) => e.cause.code).then(console.log)`;
  return `'${process.execPath}' -e '${program}' >> asked.txt`;
}

describe("an agent in a sandbox", () => {
  test("writes in its directory and what it keeps in the home, and nowhere else", async () => {
    const ground = makeGround();
    const outside = temporaryDirectory();
    const places = [
      "in.txt",
      "../out.txt",
      "../.scripted/kept.txt",
      "../made/kept.txt",
      `${outside}/out.txt`,
      "/out.txt",
    ];
    const result = await runShell(ground, places.map((path) => `echo x > ${path};`).join(" "));
    expect(result.permissions).toEqual({ level: "workspace", enforcedBy: "os" });
    expect(result.warnings).toEqual([]);
    const written = places.filter((path) => existsSync(join(path.startsWith("/") ? "/" : ground.cwd, path)));
    expect(written).toEqual(["in.txt", "../.scripted/kept.txt", "../made/kept.txt"]);
  });

  test("writes nothing at read-only, not even where it works", async () => {
    const ground = makeGround();
    const more = temporaryDirectory();
    const { permissions } = await runShell(ground, `echo x > in.txt; rm file.txt; echo x > ${more}/out.txt`, {
      permissions: "read-only",
      sandbox: { writable: [more] },
    });
    expect(permissions).toEqual({ level: "read-only", enforcedBy: "os" });
    expect(existsSync(join(ground.cwd, "in.txt"))).toBe(false);
    expect(existsSync(join(ground.cwd, "file.txt"))).toBe(true);
    expect(existsSync(join(more, "out.txt"))).toBe(true);
  });

  test("reads nothing else of the home, and no journal of another run", async () => {
    const ground = makeGround();
    const { runId } = await runShell(ground, "true", { sandbox: false });
    const journal = join(process.env.HITCH_STATE_DIR ?? "", "runs", runId, "events.jsonl");
    expect(existsSync(journal)).toBe(true);
    const tries = `cat ../.ssh/id_ed25519 ${journal} > read.txt 2>&1; ls -A .. > home.txt; ls -A /tmp > temp.txt`;
    await runShell(ground, tries);
    const read = readFileSync(join(ground.cwd, "read.txt"), "utf8");
    expect(read.match(/No such file/g)).toHaveLength(2);
    expect(readFileSync(join(ground.cwd, "home.txt"), "utf8")).toBe(".scripted\nmade\nproject\n");
  });

  test("has a temp directory of its own, and its caller's is not there", async () => {
    const ground = makeGround();
    await runShell(ground, `echo x > "$TMPDIR/x" && cp "$TMPDIR/x" copy.txt; echo "$TMPDIR" > where.txt`);
    expect(readFileSync(join(ground.cwd, "where.txt"), "utf8")).toBe("/tmp\n");
    expect(existsSync(join(ground.cwd, "copy.txt"))).toBe(true);
    expect(existsSync("/tmp/x")).toBe(false);
  });

  test("sees no process but its own, and takes with it what it leaves", async () => {
    const ground = makeGround();
    const { warnings, containment } = await runShell(
      ground,
      "ls -d /proc/[0-9]* | wc -l > count.txt; setsid sleep 1000 >/dev/null 2>&1 &",
    );
    expect(Number(readFileSync(join(ground.cwd, "count.txt"), "utf8"))).toBeLessThan(10);
    expect(warnings).toEqual([]);
    expect(containment.tier).toBe("tag");
  });

  test("works in a directory that is named by a link", async () => {
    const ground = makeGround();
    const link = join(ground.home, "link");
    symlinkSync(ground.cwd, link);
    await runShell({ ...ground, cwd: link }, 'pwd > where.txt; echo "$PWD" >> where.txt');
    expect(readFileSync(join(ground.cwd, "where.txt"), "utf8")).toBe(`${link}\n${link}\n`);
  });

  test("gives a value by its tool", async () => {
    const { cwd, home } = makeGround();
    // Not in the prompt, which says more when a value is asked for.
    const steps = join(cwd, "steps.json");
    writeFileSync(steps, script({ callTool: { arguments: { age: 42 } } }, ...answer("Done.")));
    const { output, attempts } = await start("Give the age.", {
      cwd,
      sandbox: { network: false },
      schema: z.object({ age: z.int() }),
      providerOptions: { scripted: { extraArgs: [steps] } },
      env: { HOME: home },
    });
    expect(output).toEqual({ age: 42 });
    expect(attempts[0]?.output?.via).toBe("tool");
  });

  test("fails as without one, with its exit code, and can be cancelled", async () => {
    const { cwd } = makeGround();
    const failed = await start(script({ stderr: "no\n" }, { exit: 3 }), {
      cwd,
      sandbox: true,
      retries: { transient: 0 },
    }).settled;
    const attempts = [{ exit: { code: 3, signal: null }, stderr: { head: "no\n" } }];
    expect(failed).toMatchObject({ status: "failed", error: { result: { attempts } } });
    const run = start(script({ line: { text: "Hello." } }, { ignoreTerm: true }, { sleep: 60_000 }), {
      cwd,
      sandbox: true,
    });
    for await (const event of run) if (event.type === "text") break;
    expect((await run.settled).status).toBe("cancelled");
  });
});

describe("the network of a sandbox", () => {
  test("is open by default", async () => {
    const ground = makeGround();
    const { port, asked } = await listen();
    await runShell(ground, ask(`http://127.0.0.1:${port}/open`));
    expect(asked).toEqual(["/open"]);
  });

  test("may be none: not even a listener of this machine is reached", async () => {
    const ground = makeGround();
    const { port, asked } = await listen();
    await runShell(ground, ask(`http://127.0.0.1:${port}/closed`), { sandbox: { network: false } });
    expect(asked).toEqual([]);
    expect(readFileSync(join(ground.cwd, "asked.txt"), "utf8")).toBe("ECONNREFUSED\n");
  });

  test("may be what is named, by name or by address, and nothing else", async () => {
    const ground = makeGround();
    const [named, other] = [await listen(), await listen()];
    const urls = [`http://127.0.0.1:${named.port}/address`, `http://localhost:${named.port}/name`];
    const commands = [...urls, `http://127.0.0.1:${other.port}/other`].map(ask).join("; ");
    const { warnings } = await runShell(ground, commands, { sandbox: { network: [`localhost:${named.port}`] } });
    expect(named.asked).toEqual(["/address", "/name"]);
    expect(other.asked).toEqual([]);
    expect(readFileSync(join(ground.cwd, "asked.txt"), "utf8")).toBe("2000000\n2000000\nECONNREFUSED\n");
    expect(warnings).toEqual([]);
  });

  test("has an address for a name, at ports below 1024 too; what cannot be reached outside is cut off", async () => {
    const ground = makeGround();
    const network = ["model.invalid:443", "other.invalid:443"];
    const commands = ["http://model.invalid:443/", "http://other.invalid:443/", "http://third.invalid:443/"].map(ask);
    await runShell(ground, `${commands.join("; ")}; grep -c invalid /etc/hosts >> asked.txt`, { sandbox: { network } });
    const [first, second, third, count] = readFileSync(join(ground.cwd, "asked.txt"), "utf8").split("\n");
    for (const code of [first, second]) expect(code).toMatch(/^(UND_ERR_SOCKET|ECONNRESET)$/);
    expect(third).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
    expect(count).toBe("2");
  });
});

describe("a repository in a sandbox", () => {
  function makeRepository(): Ground {
    const ground = makeGround();
    git(ground.cwd, "init", "--quiet");
    git(ground.cwd, "add", ".");
    git(ground.cwd, "commit", "--quiet", "--message=first");
    return ground;
  }

  test("is committed to, but the programs that Git starts cannot be changed, by whatever name", async () => {
    const ground = makeRepository();
    const { changes } = await runShell(
      ground,
      "echo more >> file.txt; git config core.fsmonitor ./evil.sh; touch .git/hooks/post-checkout; mv .git moved;" +
        "git -c user.name=A -c user.email=a@b.invalid commit --quiet --all --message=second; touch untracked.txt",
    );
    expect(existsSync(join(ground.cwd, "moved"))).toBe(false);
    expect(git(ground.cwd, "log", "--format=%s")).toBe("second\nfirst\n");
    expect(git(ground.cwd, "config", "--list", "--local")).not.toContain("evil");
    expect(existsSync(join(ground.cwd, ".git", "hooks", "post-checkout"))).toBe(false);
    expect(changes.source).toBe("git");
    expect(changes.files.map(({ path }) => path)).toEqual(
      ["file.txt", "untracked.txt"].map((name) => join(ground.cwd, name)),
    );
  });

  test("has no way out through a filter of its own, which Git runs when Hitch looks at the changes", async () => {
    const ground = makeRepository();
    const outside = join(temporaryDirectory(), "out.txt");
    const filter = join(ground.cwd, "filter.sh");
    writeFileSync(filter, "#!/bin/sh\ncat\n");
    chmodSync(filter, 0o755);
    writeFileSync(join(ground.cwd, ".gitattributes"), "*.txt filter=own\n");
    git(ground.cwd, "config", "filter.own.clean", "./filter.sh");
    const { changes } = await runShell(
      ground,
      `echo 'echo x > ${outside}; echo y > ran.log; cat' >> filter.sh; echo more >> file.txt`,
    );
    expect(changes.source).toBe("git");
    expect(changes.files.map(({ path }) => path)).toContain(join(ground.cwd, "file.txt"));
    expect(existsSync(outside)).toBe(false);
  });

  test("is seen from a directory in it, and from a worktree beside it", async () => {
    const ground = makeRepository();
    const inner = join(ground.cwd, "inner");
    mkdirSync(inner);
    const beside = join(ground.home, "beside");
    git(ground.cwd, "worktree", "add", "--quiet", beside);
    for (const cwd of [inner, beside]) {
      const { changes } = await runShell(
        { ...ground, cwd },
        "git log --format=%s > log.txt; echo x > ../out.txt; echo x > .git",
      );
      expect(readFileSync(join(cwd, "log.txt"), "utf8")).toBe("first\n");
      expect(changes.source).toBe("git");
    }
    expect(existsSync(join(ground.cwd, "out.txt"))).toBe(false);
    expect(readFileSync(join(beside, ".git"), "utf8")).toMatch(/^gitdir: /);
  });
});

describe("what an agent has made where it works leads a later run nowhere:", () => {
  test.each<[string, (ground: Ground) => void]>([
    ["a repository that is a link to the home", ({ cwd }) => symlinkSync("..", join(cwd, ".git"))],
    [
      "a repository that is said to be elsewhere",
      ({ cwd, home }) => writeFileSync(join(cwd, ".git"), `gitdir: ${home}/.ssh\n`),
    ],
    ["a directory of the PATH", ({ cwd }) => symlinkSync("../.ssh", join(cwd, "node_modules"))],
  ])("%s", async (_, plant) => {
    const ground = makeGround();
    const { cwd, home } = ground;
    plant(ground);
    const env = { PATH: `${join(cwd, "node_modules", ".bin")}:${join(cwd, "node_modules")}:${process.env.PATH}` };
    await runShell(ground, "echo x > ../out.txt; cat ../.ssh/id_ed25519 > read.txt", { env });
    expect(existsSync(join(home, "out.txt"))).toBe(false);
    expect(readFileSync(join(cwd, "read.txt"), "utf8")).toBe("");
  });

  test("a link where Hitch keeps what Git has seen, which lies beside what the agent writes", async () => {
    const ground = makeGround();
    git(ground.cwd, "init", "--quiet");
    git(ground.cwd, "add", ".");
    const outside = join(ground.home, "profile");
    writeFileSync(outside, "mine\n");
    const { changes } = await runShell(
      ground,
      "scratch=$(awk '{ print $5 }' /proc/self/mountinfo | grep '/scratch$'); ls -A $scratch/.. > beside.log; " +
        `mkdir -p $scratch/git; ln -s ${outside} $scratch/git/index-before; echo more >> file.txt`,
    );
    expect(readFileSync(join(ground.cwd, "beside.log"), "utf8")).toBe("scratch\n");
    expect(changes.source).toBe("git");
    expect(readFileSync(outside, "utf8")).toBe("mine\n");
  });
});

describe("what makes Git start programs", () => {
  test("cannot be made where it is missing", async () => {
    const ground = makeGround();
    git(ground.cwd, "init", "--quiet", "--template=");
    git(ground.cwd, "add", ".");
    const folder = join(ground.cwd, ".git");
    expect(existsSync(join(folder, "hooks"))).toBe(false);
    const { warnings, changes } = await runShell(
      ground,
      "mkdir .git/evil; echo ../evil > .git/commondir; mkdir -p .git/hooks; touch .git/hooks/post-checkout; echo x > new.txt",
    );
    expect(existsSync(join(folder, "hooks", "post-checkout"))).toBe(false);
    expect(existsSync(join(folder, "commondir"))).toBe(false);
    expect(warnings).toEqual([
      `removed, since Git would do what the agent has written there: ${join(folder, "commondir")}`,
    ]);
    expect(changes).toMatchObject({ source: "git", files: [{ path: join(ground.cwd, "new.txt") }] });
  });

  test("finds no way out of a worktree either, when Git compares it", async () => {
    const ground = makeGround();
    const outside = join(temporaryDirectory(), "out.txt");
    const filter = join(ground.cwd, "filter.sh");
    writeFileSync(filter, "#!/bin/sh\ncat\n");
    chmodSync(filter, 0o755);
    writeFileSync(join(ground.cwd, ".gitattributes"), "*.txt filter=own\n");
    git(ground.cwd, "init", "--quiet");
    git(ground.cwd, "config", "filter.own.clean", "./filter.sh");
    git(ground.cwd, "add", ".");
    git(ground.cwd, "commit", "--quiet", "--message=first");
    const { changes } = await runShell(ground, `echo 'echo x > ${outside}; cat' > filter.sh; echo more >> file.txt`, {
      workspace: "worktree",
    });
    expect(changes.source).toBe("git");
    expect(changes.files.map(({ path }) => path)).toContain(join(ground.cwd, "file.txt"));
    expect(existsSync(outside)).toBe(false);
  });
});

test("a worktree in a sandbox is worked in, and its changes are brought to the repository, which was only read", async () => {
  const ground = makeGround();
  git(ground.cwd, "init", "--quiet");
  git(ground.cwd, "add", ".");
  git(ground.cwd, "commit", "--quiet", "--message=first");
  const { cwd } = ground;
  const result = await runShell(
    ground,
    `echo more >> file.txt; echo x > ${cwd}/out.txt; git status --short > status.log`,
    {
      workspace: "worktree",
    },
  );
  expect(readFileSync(join(cwd, "file.txt"), "utf8")).toBe("a file\n");
  await (await result.run).apply?.();
  expect(readFileSync(join(cwd, "file.txt"), "utf8")).toBe("a file\nmore\n");
  expect(readFileSync(join(cwd, "status.log"), "utf8")).toContain(" M file.txt\n");
  expect(existsSync(join(cwd, "out.txt"))).toBe(false);
});

describe("a sandbox that cannot be had is refused, lenient or not:", () => {
  async function refusal(options: Record<string, unknown>): Promise<HarnessError> {
    const cwd = temporaryDirectory();
    const prompt = script({ shell: "touch started" }, ...answer("Done."));
    const outcome = await start(prompt, { cwd, sandbox: true, lenient: true, ...options }).settled;
    expect(existsSync(join(cwd, "started"))).toBe(false);
    return outcome.error as HarnessError;
  }

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["processes that stay", { leftovers: "keep" }, { code: "unsupported-option", option: "sandbox" }],
    ["a word", { sandbox: "strict" }, { option: "sandbox", reason: "wrong-type" }],
    ["an unknown part", { sandbox: { net: false } }, { option: "sandbox.net", reason: "unknown" }],
    [
      "an address of elsewhere",
      { sandbox: { network: ["10.0.0.1:80"] } },
      { option: "sandbox.network", reason: "wrong-form" },
    ],
    [
      "a name without a port",
      { sandbox: { network: ["a.example"] } },
      { option: "sandbox.network", reason: "wrong-form" },
    ],
    [
      "a network that is a name",
      { sandbox: { network: "a.example:443" } },
      { option: "sandbox.network", reason: "wrong-type" },
    ],
    [
      "a directory that is missing",
      { sandbox: { writable: ["/no/such"] } },
      { option: "sandbox.writable", reason: "missing" },
    ],
    ["everything", { sandbox: { writable: ["/"] } }, { option: "sandbox", reason: "whole-system" }],
    ["everything as the place of work", { cwd: "/" }, { option: "sandbox", reason: "whole-system" }],
  ])("%s", async (_, options, expected) => {
    expect(await refusal(options)).toMatchObject({ code: "invalid-options", ...expected });
  });

  test("without bubblewrap, with how to install it", async () => {
    const path = process.env.PATH;
    onTestFinished(() => void (process.env.PATH = path));
    process.env.PATH = (path ?? "")
      .split(delimiter)
      .filter((folder) => !existsSync(join(folder, "bwrap")))
      .join(delimiter);
    expect(await refusal({})).toMatchObject({
      code: "unsupported-option",
      message: "sandbox: there is no bwrap on the PATH",
      hint: expect.stringContaining("apt install bubblewrap") as unknown,
    });
  });

  test("where the system allows none, in bubblewrap's words, before anything starts", async () => {
    const [path, folder] = [process.env.PATH, temporaryDirectory()];
    onTestFinished(() => void (process.env.PATH = path));
    writeFileSync(
      join(folder, "bwrap"),
      "#!/bin/sh\necho 'bwrap: No permissions to create a new namespace' >&2\nexit 1\n",
    );
    chmodSync(join(folder, "bwrap"), 0o755);
    process.env.PATH = `${folder}${delimiter}${path}`;
    expect(await refusal({})).toMatchObject({
      code: "unsupported-option",
      message: "sandbox: bubblewrap cannot make one here: bwrap: No permissions to create a new namespace",
      hint: expect.stringContaining("user namespaces") as unknown,
    });
  });
});

test("what bubblewrap refuses at the start of the agent is told as a sandbox that cannot be had, in its words", async () => {
  const [path = "", folder] = [process.env.PATH, temporaryDirectory()];
  onTestFinished(() => void (process.env.PATH = path));
  const real = path.split(delimiter).find((directory) => existsSync(join(directory, "bwrap")));
  const refuse = `case "$*" in *--chdir*) echo "bwrap: Can't mount it" >&2; exit 1;; esac`;
  writeFileSync(join(folder, "bwrap"), `#!/bin/sh\n${refuse}\nexec '${real}/bwrap' "$@"\n`);
  chmodSync(join(folder, "bwrap"), 0o755);
  process.env.PATH = `${folder}${delimiter}${path}`;
  const { error } = await start(script(...answer("Done.")), { sandbox: true }).settled;
  expect(error).toMatchObject({
    code: "unsupported-option",
    option: "sandbox",
    message: expect.stringContaining("Can't mount it") as unknown,
  });
});

test("a home that is named by a link is hidden, and who works in all of it is told so", async () => {
  const ground = makeGround();
  const home = process.env.HOME;
  onTestFinished(() => void (process.env.HOME = home));
  const link = join(temporaryDirectory(), "me");
  symlinkSync(ground.home, link);
  process.env.HOME = link;
  // What lies beside a directory of the PATH is shown, but that is the home here.
  const env = { PATH: `${join(ground.home, "bin")}:${process.env.PATH}` };
  mkdirSync(join(ground.home, "bin"));
  await runShell({ cwd: ground.cwd, home: link }, "cat ../.ssh/id_ed25519 > read.txt", { env });
  expect(readFileSync(join(ground.cwd, "read.txt"), "utf8")).toBe("");
  const { warnings } = await runShell({ cwd: ground.home, home: link }, "true");
  expect(warnings).toEqual(["the sandbox hides nothing of your home, since the agent may work in all of it"]);
});

test("who works in the whole home is told that nothing of it is hidden", async () => {
  const ground = makeGround();
  const home = process.env.HOME;
  onTestFinished(() => void (process.env.HOME = home));
  process.env.HOME = ground.home;
  const { warnings } = await runShell({ ...ground, cwd: ground.home }, "cat .ssh/id_ed25519 > read.txt");
  expect(warnings).toEqual(["the sandbox hides nothing of your home, since the agent may work in all of it"]);
  expect(readFileSync(join(ground.home, "read.txt"), "utf8")).toBe("a secret key\n");
});

test("a plan shows what would be written, hidden and reached", () => {
  const ground = makeGround();
  const options = {
    provider: keeper,
    cwd: ground.cwd,
    env: { HOME: ground.home },
    sandbox: { network: ["a.example:443"] },
  };
  const lookup = { find: () => undefined, ids: [] };
  const { sandbox, permissions, refusals } = planRun("Do it.", options, lookup, { env: process.env, cwd: "/" });
  expect(refusals).toEqual([]);
  expect(permissions).toEqual({ level: "workspace", enforcedBy: "os" });
  expect(sandbox).toMatchObject({
    writes: expect.arrayContaining([join(ground.home, ".scripted"), ground.cwd]) as unknown,
    network: ["a.example:443"],
  });
  expect(sandbox?.hides).toEqual(expect.arrayContaining([ground.home, "/tmp"]));
});
