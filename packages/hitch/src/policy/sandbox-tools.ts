/** Directories of programs, and what they are made of, that a sandbox shows of what it hides. */
import { isWithin } from "./sandbox.ts";

/** What must not be shown as a whole. */
export interface HiddenPlaces {
  /** Of users, absolute. */
  readonly homes: readonly string[];
  /** Whether a path is such a place, or holds a home. */
  readonly isHidden: (path: string) => boolean;
}

/** A directory of programs and what they are made of: `lib` beside `bin`, say. */
export function toolsAround(folder: string, hidden: HiddenPlaces): readonly string[] {
  const modules = /^.*?\/node_modules(?=\/|$)/.exec(folder)?.[0];
  if (modules !== undefined) return [modules];
  const prefix = /^(\/.+)\/(?:bin|shims)\/?$/.exec(folder)?.[1];
  if (prefix === undefined || hidden.isHidden(prefix)) return [folder];
  // This one is everybody's, passwords included.
  if (prefix.endsWith("/.local")) return [folder, `${prefix}/lib`];
  if (isMixed(prefix, hidden.homes)) return [folder, ...usualParts.map((name) => `${prefix}/${name}`)];
  // By itself too: the prefix may turn out to be a link to a place that is not shown.
  return [folder, prefix];
}

/** Beside programs there may be a login, as in `~/.cargo`, or a socket. */
function isMixed(prefix: string, homes: readonly string[]): boolean {
  if (["/run", "/var/run"].some((directory) => isWithin(prefix, directory))) return true;
  return homesAround(prefix, homes).some((home) => {
    const name = /^\/(\.(?:config\/)?[^/]+)\/*$/.exec(prefix.slice(home.length))?.[1];
    return name !== undefined && !onlyPrograms.includes(name);
  });
}

function homesAround(path: string, homes: readonly string[]): readonly string[] {
  const usual = /^(?:\/home\/[^/]+|\/root)(?=\/)/.exec(path)?.[0];
  return [...homes.filter((home) => isWithin(path, home)), ...(usual === undefined ? [] : [usual])];
}

/** What programs need that lies beside them. */
const usualParts = ["lib", "lib64", "libexec", "share", "include", "node_modules"];

/** In the home: of programs that keep others in places of their own naming, and no login. */
const onlyPrograms = [
  ...[".nvm", ".volta", ".asdf", ".bun", ".deno", ".opencode", ".proto", ".nodenv", ".pyenv", ".rbenv", ".goenv"],
  ...[".jenv", ".sdkman", ".ghcup", ".krew", ".nix-profile"],
];
