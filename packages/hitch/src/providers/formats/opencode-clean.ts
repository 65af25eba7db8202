/**
 * How OpenCode (1.18.33) and its forks work in a home of their own, and take nothing of a repository but instructions.
 *
 * What surprised us:
 * - What switches a project's configuration off switches its instructions off too. So they are named one by one.
 * - What a configuration names Kilo (7.7.7) trusts: it would replace any {env:NAME} and {file:PATH} in it.
 * - In each of its directories for configuration it installs a package from the registry, in the background, unless
 *   there are `node_modules` and a lock file that names it.
 * - A file `.env`, or Bun's `bunfig.toml`, in the project has no effect on it.
 */
import type { RunRequest } from "../../provider.ts";
import type { OpencodeNames } from "./opencode-command.ts";

/** Variables that nothing overrules. Besides `opencode.json` the first is about `.opencode` with all that is in it. */
export function cleanSwitches({ variables }: OpencodeNames, { home }: RunRequest): Record<string, string> {
  if (home === undefined) return {};
  return { [`${variables}_DISABLE_PROJECT_CONFIG`]: "1", [`${variables}_DISABLE_EXTERNAL_SKILLS`]: "1" };
}

/** Files in the private home. */
export function cleanHomeFiles({ data, plugin }: OpencodeNames): Record<string, string> {
  const folder = `.config/${data.directory}`;
  const lock = { lockfileVersion: 3, packages: { "": { dependencies: { [plugin]: "*" } } } };
  return { [`${folder}/package-lock.json`]: JSON.stringify(lock), [`${folder}/node_modules/.keep`]: "" };
}

/** The instructions of the repository, for the configuration of a run in a private home. */
export interface Instructions {
  /** Absolute. Most of these files don't exist. */
  readonly paths: readonly string[];
  /** Those of them that are in `scratch`. */
  readonly files: Readonly<Record<string, string>>;
}

export function repositoryInstructions(names: OpencodeNames, request: RunRequest): Instructions {
  const paths = instructionPaths(request);
  if (names.expandsInstructions !== true) return { paths, files: {} };
  // What a reference to a file is replaced by is not looked at again.
  const texts = paths.filter((path) => !path.includes("}")).map((path) => `Instructions from: ${path}\n{file:${path}}`);
  const files = Object.fromEntries(texts.map((text, index) => [`instructions-${index + 1}.md`, text]));
  return { paths: Object.keys(files).map((name) => `${request.scratch}/${name}`), files };
}

/** From the top of the repository down to where the agent works. */
function instructionPaths({ cwd, repository = cwd, home }: RunRequest): string[] {
  if (home === undefined) return [];
  const top = repository.replace(/\/$/, "");
  const below = cwd.slice(top.length).split("/").filter(Boolean);
  const directories = [top, ...below.map((_, index) => [top, ...below.slice(0, index + 1)].join("/"))];
  return directories.flatMap((directory) => ["AGENTS.md", "CLAUDE.md"].map((name) => `${directory}/${name}`));
}
