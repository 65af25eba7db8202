/** The sandbox around an agent, as bubblewrap's arguments. */

/** A part of the file system and what the agent sees of it. What no place names can be read and not written. */
export interface Place {
  /** Absolute. */
  readonly path: string;
  /** What is mounted there, if not what is at `path`. */
  readonly source?: string;
  /**
   * `hidden`: an empty directory in memory, which can be written and is gone with the sandbox. `read`, `write`: what is
   * there. `sealed`: read, though what is around it can be written.
   */
  readonly view: "hidden" | "read" | "write" | "sealed";
  /** It stands whatever the other places say: one that is shown, with all that would be hidden in it. */
  readonly firm?: true;
}

export interface SandboxParts {
  /** Real paths that exist. */
  readonly places: readonly Place[];
  /** Default: the directory of the process. */
  readonly cwd?: string;
  /** The agent's user is root: it keeps only the rights over files and users that builds and packages need. */
  readonly isRoot: boolean;
  /** Nothing but the loopback device of its own; `lowPorts`: what listens there may use ports below 1024. */
  readonly network: "open" | "closed" | "closed-with-low-ports";
  /** Variables that are otherwise in the sandbox. */
  readonly env: Readonly<Record<string, string>>;
}

/** Without the last one root can make no sandbox of its own in this one, as Codex does for its commands. */
const rootRights = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETUID", "SETGID", "SETFCAP"];

/** The same for a user who is root only in the sandbox. */
const lowPortRights = ["NET_BIND_SERVICE", "SETFCAP"];

/** The arguments, up to the `--` before the agent's command. */
export function sandboxArguments({ places, cwd, isRoot, network, env }: SandboxParts): readonly string[] {
  const hasLowPorts = network === "closed-with-low-ports";
  const rights = new Set([...(isRoot ? rootRights : []), ...(hasLowPorts ? lowPortRights : [])]);
  return [
    ...["--unshare-pid", "--unshare-ipc", "--die-with-parent"],
    ...(network === "open" ? [] : ["--unshare-net"]),
    // A right over the network's namespace is one only where the user is its root.
    ...(hasLowPorts && !isRoot ? ["--unshare-user", "--uid", "0", "--gid", "0"] : []),
    ...["--cap-drop", "ALL", ...[...rights].flatMap((name) => ["--cap-add", `CAP_${name}`])],
    ...["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"],
    ...visiblePlaces(places).flatMap(mount),
    ...Object.entries(env).flatMap(([name, value]) => ["--setenv", name, value]),
    ...(cwd === undefined ? [] : ["--chdir", cwd]),
    "--",
  ];
}

/** The places that make a difference, each behind those that it lies in. */
export function visiblePlaces(places: readonly Place[]): readonly Place[] {
  const byPath = new Map<string, Place>();
  for (const place of places) {
    const known = byPath.get(place.path);
    if (known === undefined || rank(place) > rank(known)) byPath.set(place.path, place);
  }
  const all = [...byPath.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
  return all.filter((place) => {
    const around = all.filter((other) => other !== place && isWithin(place.path, other.path)).at(-1);
    if (place.firm || place.source !== undefined) return true;
    if (place.view === "hidden")
      return !all.some(({ path, view, firm }) => firm && view !== "hidden" && isWithin(place.path, path));
    return place.view !== "read" || around?.view === "hidden";
  });
}

/** Of two views of the same path the firm one counts, then the wider one. */
function rank({ view, firm }: Place): number {
  return (firm ? 10 : 0) + ["hidden", "read", "write", "sealed"].indexOf(view);
}

function mount({ path, source = path, view }: Place): readonly string[] {
  if (view === "hidden") return ["--tmpfs", path];
  return [view === "write" ? "--bind" : "--ro-bind", source, path];
}

/** Whether a path is a directory or lies in it. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}
