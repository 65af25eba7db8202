/** Finds the agent's program. */
import { isAbsolute, resolve } from "node:path";
import { resolveExecutable, StartError } from "../effects/process/index.ts";
import type { Provider } from "../provider.ts";
import { HarnessError } from "../vocabulary/error.ts";

/**
 * The absolute path of the program: `executable` if given (a path is relative to `base`, the caller's directory), else the
 * first of the provider's names that is on the PATH of the agent's environment.
 *
 * @throws HarnessError `executable-not-found`, with how to install it.
 */
export function locateAgent(
  { id, agent }: Provider,
  executable: string | undefined,
  base: string,
  env: Readonly<Record<string, string>>,
): string {
  const isPath = executable !== undefined && (executable.includes("/") || isAbsolute(executable));
  const names = executable === undefined ? agent.launch.map((launch) => launch.name) : [executable];
  let failure: StartError | undefined;
  for (const name of names) {
    try {
      return resolveExecutable(isPath ? resolve(base, name) : name, base, env.PATH);
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      failure ??= error;
    }
  }
  throw new HarnessError({
    code: "executable-not-found",
    message: `${id}: ${failure?.message ?? "its provider names no program"}`,
    hint: `Install it (${agent.install}), put it on PATH, or pass \`executable\`.`,
    ...(executable !== undefined && { option: "executable" }),
    cause: failure,
  });
}
