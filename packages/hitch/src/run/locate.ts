/** Finds the agent's program. */
import { basename, isAbsolute, resolve } from "node:path";
import { findPackaged, resolveExecutable, resolveInterpreter, StartError } from "../effects/process/index.ts";
import type { Launch, PackagedProgram, PackagedScript, Provider } from "../provider.ts";
import { HarnessError } from "../vocabulary/error.ts";

/** An agent's program. */
export interface Program {
  /** Absolute path: of the script, where another program runs it. */
  readonly path: string;
  /** What is started: the program itself or what runs it. */
  readonly file: string;
  /** Before the agent's own arguments. */
  readonly args: readonly string[];
  /** The words of the sandbox that it is started in. */
  readonly sandbox?: readonly string[];
}

/**
 * The program: `executable` if given (a path is relative to `base`, the caller's directory), else the
 * first of the provider's places that has it, by the PATH of the agent's environment.
 *
 * @throws HarnessError `executable-not-found`, with how to install it.
 */
export function locateAgent(
  { id, agent }: Provider,
  executable: string | undefined,
  base: string,
  env: Readonly<Record<string, string>>,
): Program {
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
function locate(launch: Launch, base: string, path: string | undefined): Program | undefined {
  const onPath = resolveExecutable(launch.name, base, path);
  if ("script" in launch) return locateScript(launch, onPath, base, path);
  const program = "binaries" in launch ? locateBinary(launch, onPath, base, path) : onPath;
  return program === undefined ? undefined : { path: program, file: program, args: [] };
}

function locateBinary(
  { binaries }: PackagedProgram,
  onPath: string,
  base: string,
  path: string | undefined,
): string | undefined {
  const binary = binaries[`${process.platform}-${process.arch}`];
  const packaged = binary === undefined ? undefined : findPackaged(onPath, binary);
  return packaged === undefined ? undefined : resolveExecutable(packaged, base, path);
}

/** Only where Node runs what has the name on PATH: some package managers put a script for the shell there. */
function locateScript(
  { script, nodeArgs }: PackagedScript,
  onPath: string,
  base: string,
  path: string | undefined,
): Program | undefined {
  const packaged = findPackaged(onPath, script);
  const node = resolveInterpreter(onPath, base, path);
  if (packaged === undefined || node === undefined || basename(node) !== "node") return undefined;
  return { path: packaged, file: node, args: [...nodeArgs, packaged] };
}
