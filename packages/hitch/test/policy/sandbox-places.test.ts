import { describe, expect, test } from "vitest";
import { visiblePlaces, type Place } from "../../src/policy/sandbox.ts";
import { listPlaces, type SandboxFacts } from "../../src/policy/sandbox-places.ts";

const facts: SandboxFacts = {
  level: "workspace",
  cwd: "/home/me/project",
  addDirs: [],
  writable: [],
  homes: ["/home/me"],
  gitHomes: ["/home/me"],
  kept: [],
  env: { PATH: "/usr/bin:/bin" },
  programs: [],
  read: [],
  pinned: [],
  sealed: [],
  scratch: "/home/me/.local/state/hitch/active/1/scratch",
};

function withUsualParts(prefix: string): readonly string[] {
  const parts = ["bin", "include", "lib", "lib64", "libexec", "node_modules", "share"];
  return parts.map((name) => `${prefix}/${name}`);
}

/** What is shown of the places that are hidden, by path. */
function shown(more: Partial<SandboxFacts>): Record<string, Place["view"]> {
  const places = visiblePlaces(listPlaces({ ...facts, ...more })).filter(({ view }) => view !== "hidden");
  const isUsual = ({ path }: Place): boolean =>
    path === facts.scratch || /^\/home\/me\/\.(gitconfig$|config\/git\/)/.test(path);
  return Object.fromEntries(places.filter((place) => !isUsual(place)).map(({ path, view }) => [path, view]));
}

test("homes and what users share are hidden, and all of Hitch's own but the run's", () => {
  const stateDirectory = "/home/me/.local/state/hitch";
  const env = { TMPDIR: "/scratch/me", DOCKER_HOST: "unix:///data/docker/docker.sock" };
  const places = visiblePlaces(listPlaces({ ...facts, stateDirectory, env }));
  const hidden = places.filter(({ view }) => view === "hidden").map(({ path }) => path);
  expect(hidden).toEqual([
    ...["/data/docker", "/home", "/home/me", stateDirectory, "/root", "/run", "/scratch/me", "/tmp"],
    ...["/var/lib/incus", "/var/lib/lxd", "/var/run", "/var/snap/lxd/common/lxd", "/var/tmp"],
  ]);
  expect(places.find(({ path }) => path === facts.scratch)?.view).toBe("write");
});

test("the caller's own place for journals is hidden, also where the agent works", () => {
  for (const journals of ["/srv/journals", "/home/me/project/journals"]) {
    const places = visiblePlaces(listPlaces({ ...facts, journals }));
    expect(places.find(({ path }) => path === journals)?.view).toBe("hidden");
  }
});

test("a temp directory that is not absolute hides nothing", () => {
  for (const TMPDIR of [".", "tmp", "", "/"]) {
    const places = listPlaces({ ...facts, env: { TMPDIR } });
    expect(places.filter(({ path, view }) => view === "hidden" && !/^\/(?!$)/.test(path))).toEqual([]);
  }
});

test("beside programs in a temp directory of the caller's is shown what is beside them, and not the directory", () => {
  const env = { TMPDIR: "/scratch/me", PATH: "/scratch/me/bin:/scratch/me/env/bin:/scratch/me" };
  expect(shown({ env })).toEqual({
    "/home/me/project": "write",
    "/scratch/me/bin": "read",
    "/scratch/me/env": "read",
  });
});

describe("what the agent works in can be written, and at read-only only read:", () => {
  const work = { addDirs: ["/srv/more"], writable: ["/srv/cache"] };
  test.each([
    ["read-only", { "/home/me/project": "read", "/srv/more": "read", "/srv/cache": "write" }],
    ["workspace", { "/home/me/project": "write", "/srv/more": "write", "/srv/cache": "write" }],
    ["unrestricted", { "/home/me/project": "write", "/srv/more": "write", "/srv/cache": "write" }],
  ] as const)("%s", (level, expected) => {
    expect(shown({ level, ...work })).toEqual(expected);
  });

  test.each([
    ["read-only", "read"],
    ["workspace", "write"],
  ] as const)("what tells Git to start programs is read in both (%s)", (level, view) => {
    const pinned = ["/home/me/project/.git"];
    const sealed = ["/home/me/project/.git/config", "/home/me/project/.git/hooks"];
    const git = { "/home/me/project/.git/config": "sealed", "/home/me/project/.git/hooks": "sealed" };
    const pin = level === "workspace" ? { "/home/me/project/.git": "write" } : {};
    expect(shown({ level, pinned, sealed })).toEqual({ "/home/me/project": view, ...pin, ...git });
  });
});

describe("of a home the programs of the PATH are shown, with what they are made of:", () => {
  test.each([
    ["/home/me/.nvm/versions/node/v24.1.0/bin", ["/home/me/.nvm/versions/node/v24.1.0"]],
    ["/home/me/.pyenv/shims", ["/home/me/.pyenv"]],
    ["/home/me/.volta/bin", ["/home/me/.volta"]],
    ["/home/me/.opencode/bin", ["/home/me/.opencode"]],
    ["/home/me/.cargo/bin", withUsualParts("/home/me/.cargo")],
    ["/home/me/.config/tool/bin", withUsualParts("/home/me/.config/tool")],
    ["/root/.fly/bin", withUsualParts("/root/.fly")],
    ["/run/user/1000/bin", withUsualParts("/run/user/1000")],
    ["/tmp/bin", ["/tmp/bin"]],
    ["/tmp/env/bin", ["/tmp/env"]],
    ["/var/tmp/bin", ["/var/tmp/bin"]],
    ["/run/bin", ["/run/bin"]],
    ["/tmp", []],
    ["/home/me/.local/bin", ["/home/me/.local/bin", "/home/me/.local/lib"]],
    ["/home/me/bin", ["/home/me/bin"]],
    ["/home/me/tool/node_modules/.bin", ["/home/me/tool/node_modules"]],
    ["/home/me/project/node_modules/.bin", []],
    ["/home/me", []],
    ["/home", []],
    ["/", []],
    ["relative/bin", []],
    ["", []],
  ])("%s", (folder, expected) => {
    const paths = Object.keys(shown({ env: { PATH: `/usr/bin:${folder}` } }));
    expect(paths.filter((path) => path !== facts.cwd)).toEqual(expected);
  });

  test.each([
    ["/home/me/.local/share/claude/versions/2.1.0", ["/home/me/.local/share/claude/versions"]],
    ["/home/me/lib/node_modules/pi/dist/cli.js", ["/home/me/lib/node_modules"]],
    ["/home/me/agent", ["/home/me/agent"]],
    ["/usr/bin/agent", []],
  ])("and the agent's: %s", (program, expected) => {
    const paths = Object.keys(shown({ programs: [program] }));
    expect(paths.filter((path) => path !== facts.cwd)).toEqual(expected);
  });
});

describe("of a home is shown besides", () => {
  test.each<[string, Partial<SandboxFacts>, Record<string, Place["view"]>]>([
    ["what the agent keeps", { kept: ["/home/me/.agent"] }, { "/home/me/.agent": "write" }],
    ["a file to look at", { read: ["/home/me/image.png"] }, { "/home/me/image.png": "read" }],
    ["whom to trust", { env: { NODE_EXTRA_CA_CERTS: "/home/me/company.pem" } }, { "/home/me/company.pem": "read" }],
    ["never the home itself, though an agent keeps its things there", { kept: ["/home/me"] }, {}],
    ["never what holds the home", { read: ["/home"] }, {}],
  ])("%s", (_, more, expected) => {
    expect(shown(more)).toEqual({ "/home/me/project": "write", ...expected });
  });

  test("how Git is set up, but not its passwords", () => {
    const places = visiblePlaces(listPlaces(facts));
    const git = places.filter(({ path }) => /git(config)?(\/|$)/.test(path)).map(({ path }) => path);
    expect(git).toEqual(
      [".config/git/attributes", ".config/git/config", ".config/git/ignore", ".gitconfig"].map(
        (name) => `/home/me/${name}`,
      ),
    );
    expect(listPlaces({ ...facts, gitHomes: [] }).filter(({ path }) => path.endsWith(".gitconfig"))).toEqual([]);
  });

  test("the whole of it, if that is where the agent works", () => {
    const places = visiblePlaces(listPlaces({ ...facts, cwd: "/home/me" }));
    expect(places.filter(({ path }) => path === "/home/me")).toEqual([{ path: "/home/me", view: "write", firm: true }]);
  });
});
