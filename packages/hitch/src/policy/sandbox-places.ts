/** What an agent in a sandbox sees of the file system: the rules, in the words of `docs/security.md`. */
import type { PermissionLevel } from "../vocabulary/result.ts";
import { isWithin, type Place } from "./sandbox.ts";
import { toolsAround, type HiddenPlaces } from "./sandbox-tools.ts";

/** All paths are absolute. */
export interface SandboxFacts {
  readonly level: PermissionLevel;
  readonly cwd: string;
  readonly addDirs: readonly string[];
  /** What the caller lets be written besides. */
  readonly writable: readonly string[];
  /** The homes of this user: the agent's, and what the system says. */
  readonly homes: readonly string[];
  /** Those of them whose settings for Git are the agent's too. */
  readonly gitHomes: readonly string[];
  /** Where the agent keeps its configuration, login, sessions and caches. */
  readonly kept: readonly string[];
  /** The agent's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Files of programs: the agent's, Node's, those of MCP servers. */
  readonly programs: readonly string[];
  /** Files and directories that the run needs to read. */
  readonly read: readonly string[];
  /** Directories that cannot be replaced by others; what is in them can. */
  readonly pinned: readonly string[];
  /** What must stay as it is, though it lies where the agent works. */
  readonly sealed: readonly string[];
  /** Hitch's own, with the journals of all runs. */
  readonly stateDirectory?: string;
  /** The caller's own place for journals. */
  readonly journals?: string;
  readonly scratch: string;
}

/** Where other programs leave files and sockets, and where all users have their homes. */
const shared = [
  ...["/tmp", "/var/tmp", "/run", "/var/run", "/home", "/root"],
  // Who reaches what listens here is root of the machine.
  ...["/var/snap/lxd/common/lxd", "/var/lib/lxd", "/var/lib/incus"],
];

/** Of any user, and what holds them. */
const isAnyHome = /^(?:\/home(?:\/[^/]+)?|\/root)\/?$/;

/** Of a hidden home Git's settings are shown, but not its passwords; and how names are resolved, which may be in /run. */
const settings = [".gitconfig", ".config/git/config", ".config/git/ignore", ".config/git/attributes"];

/** Files that tell whom to trust. */
const certificateVariables = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR"];

/** The places by name; some may not exist, or be links. */
export function listPlaces(facts: SandboxFacts): readonly Place[] {
  const { level, cwd, addDirs, writable, kept, env, read, scratch } = facts;
  const homes = facts.homes.filter((home) => home !== "/");
  const work = [cwd, ...addDirs];
  const docker = /^unix:\/\/(\/.+)$/.exec(env.DOCKER_HOST ?? "")?.[1];
  // A relative one is said of the agent's directory, and could be any.
  const temporary = env.TMPDIR?.startsWith("/") ? env.TMPDIR : "/tmp";
  const hidden = [...shared, ...homes, temporary, ...(docker ? [folderOf(docker)] : [])].filter((path) => path !== "/");
  const isHome = (path: string): boolean => isAnyHome.test(path) || homes.some((home) => isWithin(home, path));
  // Another place in one that is shown stays hidden.
  const aside = { homes, isHidden: (path: string): boolean => isHome(path) || hidden.includes(path) };
  const own = [facts.stateDirectory ?? "/", facts.journals ?? "/"].filter((path) => path !== "/");
  const folders = (env.PATH ?? "").split(":").filter((folder) => folder.startsWith("/"));
  const tools = [...folders.flatMap((folder) => toolsAround(folder, aside)), ...programsAround(facts, aside)];
  const certificates = certificateVariables.map((name) => env[name] ?? "").filter((path) => path.startsWith("/"));
  const readable = [
    ...[...tools, ...read, ...certificates, "/etc/resolv.conf"],
    ...facts.gitHomes.flatMap((home) => settings.map((name) => `${home}/${name}`)),
  ];
  return [
    ...hidden.map((path) => ({ path, view: "hidden" }) as const),
    ...readable.filter((path) => !aside.isHidden(path)).map((path) => ({ path, view: "read" }) as const),
    ...kept.filter((path) => !aside.isHidden(path)).map((path) => ({ path, view: "write" }) as const),
    ...work.map((path) => ({ path, view: level === "read-only" ? "read" : "write", firm: true }) as const),
    ...writable.map((path) => ({ path, view: "write", firm: true }) as const),
    ...facts.pinned.map((path) => ({ path, view: level === "read-only" ? "read" : "write" }) as const),
    ...facts.sealed.map((path) => ({ path, view: "sealed" }) as const),
    ...own.map((path) => ({ path, view: "hidden", firm: true }) as const),
    { path: scratch, view: "write" },
  ];
}

function programsAround({ programs }: SandboxFacts, hidden: HiddenPlaces): readonly string[] {
  return programs.flatMap((program) => {
    const folder = folderOf(program);
    return hidden.isHidden(folder) ? [program] : [program, ...toolsAround(folder, hidden)];
  });
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
