/** What an agent may do is what its files say afterwards, whatever its model tries and the repository configures. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { text, type Turn } from "../../src/testing/index.ts";
import type { PermissionLevel } from "../../src/vocabulary/result.ts";
import { isThorough } from "../support/tier.ts";
import { agents, type Place, type RealAgent } from "./support/agents.ts";
import { freshPlace, runLibrary, type Ran } from "./support/run-agent.ts";

vi.setConfig({ maxConcurrency: 4, testTimeout: 300_000 });

/** What the model tries, in this order. */
const attempts = ["write in cwd", "write outside", "shell", "read in cwd", "read outside", "read .env"] as const;
type Attempt = (typeof attempts)[number];

interface Case {
  readonly agent: RealAgent["id"];
  readonly level: PermissionLevel;
  readonly done: readonly Attempt[];
  /** What was neither done nor said to be refused. */
  readonly untold?: readonly Attempt[];
}

const cases: readonly Case[] = [
  { agent: "opencode", level: "read-only", done: ["read in cwd"] },
  { agent: "opencode", level: "workspace", done: ["write in cwd", "shell", "read in cwd"] },
  { agent: "opencode", level: "unrestricted", done: attempts },
  // pi has no rules for reading; only its tools can be left out.
  { agent: "pi", level: "read-only", done: ["read in cwd", "read outside", "read .env"] },
  { agent: "pi", level: "unrestricted", done: attempts },
  // Codex's sandbox is about writing and the network. A command that it keeps from writing only sees that it can't.
  { agent: "codex", level: "read-only", done: ["read in cwd", "read outside", "read .env"], untold: ["shell"] },
  { agent: "codex", level: "workspace", done: attempts.filter((attempt) => attempt !== "write outside") },
  { agent: "codex", level: "unrestricted", done: attempts },
];

/** A repository that wants to be asked about everything, and one that lets its agent do everything. */
const hostile = [
  { name: "a plain repository", configuration: {} },
  {
    name: "a repository that wants to be asked",
    configuration: { permission: { "*": "ask" }, agent: { build: { permission: { bash: "ask", edit: "ask" } } } },
  },
  {
    name: "a repository that allows all",
    configuration: {
      permission: "allow",
      agent: { build: { permission: { "*": "allow", external_directory: "allow" } } },
    },
  },
];

/** OpenCode takes seconds to start: of its nine cases a quick run has the three in which a level is tried hardest. */
const tellingOfOpencode: Readonly<Record<PermissionLevel, readonly string[]>> = {
  "read-only": ["a repository that allows all"],
  workspace: ["a repository that wants to be asked"],
  unrestricted: ["a repository that wants to be asked"],
};

function runsNow({ agent, level }: Case, repository: string): boolean {
  if (agent === "pi") return repository === "a plain repository";
  return isThorough || tellingOfOpencode[level].includes(repository);
}

const table = cases
  .filter(({ agent }) => agents.some(({ id }) => id === agent))
  .flatMap((each) =>
    hostile.filter(({ name }) => runsNow(each, name)).map((repository) => ({ ...each, ...repository })),
  );

describe.concurrent("an agent does what its level allows, and goes on after what it doesn't:", () => {
  test.each(table)("$agent, $level, $name", async ({ agent: id, level, done, untold = [], configuration }) => {
    const agent = agents.find((each) => each.id === id) as RealAgent;
    const place = freshPlace();
    mkdirSync(join(place.home, "outside"));
    for (const path of readablePaths(place)) writeFileSync(path, `The content of ${path}`);
    const ran = await runLibrary(agent, {
      place,
      turns: [...tries(agent, place), text("Done.")],
      ...(id === "opencode" && { configuration }),
      options: { permissions: level },
    });
    expect(ran.finish).toMatchObject({ status: "completed", result: { text: "Done.", permissions: { level } } });
    expect(attempts.filter((_, index) => succeeded(ran, index))).toEqual(done);
    const refused = ran.events.filter(({ type }) => type === "permission");
    expect(refused).toHaveLength(attempts.length - done.length - untold.length);
  });
});

describe("pi, which has no rules for a workspace,", () => {
  const [, pi] = agents as [RealAgent, RealAgent];

  test("refuses the level when it is asked for", async () => {
    const { finish, requests } = await runLibrary(pi, {
      turns: [text("Done.")],
      options: { permissions: "workspace" },
    });
    expect(finish.error).toMatchObject({ code: "unsupported-option", option: "permissions" });
    expect(requests).toEqual([]);
  });

  test("runs with a warning when nobody asked", async () => {
    const { finish } = await runLibrary(pi, { turns: [text("Done.")], options: { permissions: undefined } });
    expect(finish.result).toMatchObject({ text: "Done.", permissions: { level: "workspace", enforcedBy: "nothing" } });
    expect(finish.result.warnings).toHaveLength(1);
  });
});

function readablePaths({ cwd, home }: Place): string[] {
  return [join(cwd, "inside.txt"), join(home, "outside", "secret.txt"), join(cwd, "production.env")];
}

function writtenPaths({ cwd, home }: Place): string[] {
  return [join(cwd, "written.txt"), join(home, "outside", "written.txt"), join(cwd, "shell.txt")];
}

function tries({ calls }: RealAgent, place: Place): Turn[] {
  const [inside = "", outside = ""] = writtenPaths(place);
  return [
    calls.write(inside, "x"),
    calls.write(outside, "x"),
    calls.shell("touch shell.txt"),
    ...readablePaths(place).map((path) => calls.read(path)),
  ];
}

/** Looks at the files for what was written, and at what the model was told for what was read. */
function succeeded(ran: Ran, index: number): boolean {
  const written = writtenPaths(ran)[index];
  if (written !== undefined) return existsSync(written);
  const told =
    ran.requests
      .at(-1)
      ?.messages.map((message) => message.text)
      .join("\n") ?? "";
  return told.includes(`The content of ${readablePaths(ran)[index - 3]}`);
}
