/** The user's home directory. */
import { homedir } from "node:os";

/** Where it is: `HOME`, else what the system says. */
export function homeOf(env: Readonly<Record<string, string | undefined>>): string {
  return env.HOME || homedir();
}

/** A path of the user's with `~` for their home. */
export function withTilde(path: string, home: string): string {
  return home !== "" && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path;
}
