import { describe, expect, test } from "vitest";
import { isWithin, sandboxArguments, visiblePlaces, type Place } from "../../src/policy/sandbox.ts";

const parts = { places: [], isRoot: false, network: "open", env: {} } as const;

describe("the arguments of bubblewrap", () => {
  const words = (more: Partial<Parameters<typeof sandboxArguments>[0]>): string => {
    return sandboxArguments({ ...parts, ...more }).join(" ");
  };

  test("show everything to read, in namespaces that go with us", () => {
    expect(words({})).toBe(
      "--unshare-pid --unshare-ipc --die-with-parent --cap-drop ALL --ro-bind / / --dev /dev --proc /proc --",
    );
  });

  test("mount what lies deeper later", () => {
    const places: Place[] = [
      { path: "/home/me/project", view: "write" },
      { path: "/home", view: "hidden" },
      { path: "/home/me/project/.git/config", view: "sealed" },
      { path: "/home/me/.node", view: "read" },
      { path: "/etc/hosts", source: "/scratch/hosts", view: "read" },
    ];
    expect(words({ places })).toContain(
      "--ro-bind /scratch/hosts /etc/hosts --tmpfs /home --ro-bind /home/me/.node /home/me/.node " +
        "--bind /home/me/project /home/me/project --ro-bind /home/me/project/.git/config /home/me/project/.git/config --",
    );
  });

  test.each([
    ["a closed network", { network: "closed" }, "--unshare-net --cap-drop ALL --ro-bind"],
    [
      "a closed network with low ports, for which a normal user becomes root of the namespace",
      { network: "closed-with-low-ports" },
      "--unshare-net --unshare-user --uid 0 --gid 0 --cap-drop ALL --cap-add CAP_NET_BIND_SERVICE --cap-add CAP_SETFCAP --ro-bind",
    ],
    [
      "root, who may own and change files of all users, but not mount",
      { isRoot: true },
      "--cap-drop ALL --cap-add CAP_CHOWN --cap-add CAP_DAC_OVERRIDE --cap-add CAP_FOWNER --cap-add CAP_FSETID " +
        "--cap-add CAP_KILL --cap-add CAP_SETUID --cap-add CAP_SETGID --cap-add CAP_SETFCAP --ro-bind",
    ],
    ["a variable and a directory", { env: { TMPDIR: "/tmp" }, cwd: "/srv" }, "--setenv TMPDIR /tmp --chdir /srv --"],
  ] as const)("are for %s", (_, more, expected) => {
    expect(words(more)).toContain(expected);
  });
});

describe("of the places those stay that make a difference:", () => {
  const home: Place = { path: "/home/me", view: "hidden" };
  const project: Place = { path: "/home/me/project", view: "write", firm: true };
  const cases: readonly (readonly [string, readonly Place[], readonly Place[]])[] = [
    ["what can be read anyway is not shown again", [{ path: "/usr/bin", view: "read" }, home], [home]],
    [
      "what is read stays writable where the agent works",
      [home, project, { path: "/home/me/project/node_modules", view: "read" }],
      [home, project],
    ],
    [
      "nothing is hidden in what was named",
      [{ path: "/home", view: "read", firm: true }, home],
      [{ path: "/home", view: "read", firm: true }],
    ],
    [
      "but what Hitch keeps always is",
      [project, { path: "/home/me/project/state", view: "hidden", firm: true }],
      [project, { path: "/home/me/project/state", view: "hidden", firm: true }],
    ],
    [
      "of two views of a place the caller's counts",
      [{ path: "/home/me", view: "write", firm: true }, home],
      [{ path: "/home/me", view: "write", firm: true }],
    ],
    [
      "else the wider one",
      [home, { path: "/home/me/.agent", view: "read" }, { path: "/home/me/.agent", view: "write" }],
      [home, { path: "/home/me/.agent", view: "write" }],
    ],
    ["a name that only begins alike is another place", [home, { path: "/home/me-too", view: "read" }], [home]],
  ];

  test.each(cases)("%s", (_, places, expected) => {
    expect(visiblePlaces(places)).toEqual(expected);
    expect(visiblePlaces([...places].reverse())).toEqual(expected);
  });
});

test.each([
  ["/a/b", "/a", true],
  ["/a", "/a", true],
  ["/ab", "/a", false],
  ["/", "/a", false],
  ["/a", "/", true],
])("%s is in %s: %s", (path, directory, expected) => {
  expect(isWithin(path, directory)).toBe(expected);
});
