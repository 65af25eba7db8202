/** The homes of this user. */
import { homedir, userInfo } from "node:os";
import { isAbsolute } from "node:path";

/** Absolute, in this order: the one of an environment, the one of this process, and what the system has in its list of users. */
export function findHomes(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const homes = [env.HOME ?? homedir(), homedir(), listedHome()];
  return [...new Set(homes.filter((home) => isAbsolute(home)))];
}

function listedHome(): string {
  try {
    return userInfo().homedir;
  } catch {
    return homedir(); // A user without an entry in the list, as in a container.
  }
}
