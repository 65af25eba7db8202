/** Looks for a login: by the names of variables and the sizes of files, never by what is in them. */
import { homedir } from "node:os";
import { join } from "node:path";
import { sizeOfFile } from "../../effects/paths.ts";
import type { Agent } from "../../provider.ts";
import { ok, warning, type Finding } from "./finding.ts";

/** `unknown`: nobody can tell from outside. */
export type Login = "yes" | "no" | "unknown";

type Environment = Readonly<Record<string, string | undefined>>;

/** An agent writes `{}` when nobody is logged in. */
const emptyObjectBytes = 3;

/** Looks where the agent itself would, in the environment that it gets. */
export function examineLogin(agent: Agent, env: Environment): { readonly login: Login; readonly finding: Finding } {
  const { env: names, files } = agent.login;
  const variables = names.filter((name) => env[name]);
  const home = env.HOME || homedir();
  const looked = files
    .map((file) => placeOf(file, agent, env, home))
    .map((place) => ({ name: fromHome(place, home), size: sizeOfFile(place) }));
  const written = looked.filter(({ size }) => typeof size === "number" && size > emptyObjectBytes);
  const found = [...variables, ...written.map(({ name }) => name)];
  if (found.length > 0) return { login: "yes", finding: ok("login", `yes: ${found.join(", ")}`) };

  const closed = looked.filter(({ size }) => size === "unknown").map(({ name }) => name);
  if (closed.length > 0) {
    const message = `unknown: ${closed.join(", ")} cannot be looked at`;
    return { login: "unknown", finding: warning("login", message, "Make it readable for this user.") };
  }
  if (names.length + files.length === 0) {
    return { login: "unknown", finding: ok("login", "unknown: this agent shows it nowhere") };
  }
  const message = `no sign of one; looked for ${[...names, ...looked.map(({ name }) => name)].join(", ")}`;
  const hint = "Log in with the agent's own command or set a variable. --probe tells whether it works without.";
  return { login: "no", finding: warning("login", message, hint) };
}

/** The path of a file that is named from `~`, where variables may have moved it. */
function placeOf(file: string, { home: own }: Agent, env: Environment, home: string): string {
  const moved: readonly (readonly [string, string | undefined])[] = [
    ...(own ? [[own.user, env[own.env]] as const] : []),
    ["~/.local/share", env.XDG_DATA_HOME],
    ["~/.config", env.XDG_CONFIG_HOME],
    ["~", home],
  ];
  const [from = "", to = ""] = moved.find(([start, end]) => end && file.startsWith(`${start}/`)) ?? [];
  return join(to, file.slice(from.length));
}

function fromHome(path: string, home: string): string {
  return path.startsWith(join(home, "/")) ? join("~", path.slice(home.length)) : path;
}
