/** Finds the agent's program. */
import { isAbsolute, resolve } from "node:path";
import { findPackaged, resolveExecutable, StartError } from "../effects/process/index.ts";
import type { Launch, Provider } from "../provider.ts";
import { HarnessError } from "../vocabulary/error.ts";

/**
 * The absolute path of the program: `executable` if given (a path is relative to `base`, the caller's directory), else the
 * first of the provider's places that has it, by the PATH of the agent's environment.
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
  const launches =
    executable === undefined ? agent.launch : [{ name: isPath ? resolve(base, executable) : executable }];
  let failure: StartError | undefined;
  for (const launch of launches) {
    try {
      const found = locate(launch, base, env.PATH);
      if (found !== undefined) return found;
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

/** Undefined: what has the name on PATH is not from a package with the program, or not for this machine. */
function locate(launch: Launch, base: string, path: string | undefined): string | undefined {
  const onPath = resolveExecutable(launch.name, base, path);
  if (!("binaries" in launch)) return onPath;
  const binary = launch.binaries[`${process.platform}-${process.arch}`];
  const packaged = binary === undefined ? undefined : findPackaged(onPath, binary);
  return packaged === undefined ? undefined : resolveExecutable(packaged, base, path);
}
