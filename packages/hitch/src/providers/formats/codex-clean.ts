/**
 * How Codex (0.169.0) takes of a project only its instructions: by a configuration of ours in a home of its own.
 *
 * What surprised us:
 * - A project that is not trusted has its skills offered all the same, and `$name` in a prompt brings one in even
 *   where none are offered. A skill can only be switched off by its name.
 * - A project that is distrusted has no instructions either. So it must be one of which nothing is known, as to any
 *   home of ours. What is in `/etc/codex` counts, with the projects that it trusts.
 * - Its database names the files of sessions by their whole paths, and refuses a fork in a copy of its home. Without
 *   one it finds them by itself.
 * - OpenAI's own endpoint gets the key of `CODEX_API_KEY`, never that of `OPENAI_API_KEY`.
 */
import type { Command, RunRequest } from "../../provider.ts";
import { headerVariables, toToml } from "./codex-config.ts";
import { keyVariables } from "./codex-keys.ts";

/** What a run in a private home takes besides. */
export function cleanParts(request: RunRequest): Required<Pick<Command, "args" | "env" | "homeFiles">> {
  const { home, env } = request;
  if (home === undefined) return { args: [], env: {}, homeFiles: {} };
  const key = env["CODEX_API_KEY"] ?? env["OPENAI_API_KEY"];
  return {
    args: ["--ignore-rules"],
    env: key === undefined ? {} : { CODEX_API_KEY: key },
    homeFiles: { ".codex/config.toml": buildConfig(request) },
  };
}

function buildConfig({ prompt, scratch }: RunRequest): string {
  const named = new Set([...prompt.matchAll(/\$([\w:-]+)/g)].map(([, name]) => name));
  const settings = {
    "skills.include_instructions": false,
    "skills.config": [...named].map((name) => ({ name, enabled: false })),
    "shell_environment_policy.exclude": [...keyVariables, `${headerVariables}*`],
    sqlite_home: scratch,
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${toToml(value)}\n`);
  return lines.join("");
}
