/** Variables that an agent has and its commands have not, for agents that run each command by `bash -c`. */
import type { Command, RunRequest } from "../../provider.ts";

/**
 * Bash reads the file that `BASH_ENV` names before a command, so it drops the variables first, and `BASH_ENV` with
 * them. A file of the caller's is then read in its turn. Who looks into the agent's process finds the variables.
 */
export function hideFromBash(
  names: readonly string[],
  { env, scratch }: Pick<RunRequest, "env" | "scratch">,
): Required<Pick<Command, "env" | "files">> {
  const { BASH_ENV: own } = env;
  const next = own ? `export BASH_ENV=${quote(own)}\n. "$BASH_ENV"\n` : "";
  return {
    env: { BASH_ENV: `${scratch}/${fileName}` },
    files: { [fileName]: `unset BASH_ENV ${names.join(" ")}\n${next}` },
  };
}

const fileName = "hidden-variables.sh";

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
