/** The sandbox of a run's processes: made and opened before the first of them starts. */
import { dirname, join } from "node:path";
import { findHomes } from "../effects/homes.ts";
import { makeDirectory } from "../effects/paths.ts";
import { probeBubblewrap } from "../effects/process/index.ts";
import { openGate } from "../effects/sandbox/gate.ts";
import { makeSealable } from "../effects/sandbox/planted.ts";
import { writeScratchFiles } from "../effects/scratch.ts";
import { hostsFile, needsLowPort, placeEndpoints } from "../policy/sandbox-network.ts";
import { sandboxArguments, visiblePlaces, type Place, type SandboxParts } from "../policy/sandbox.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { SandboxChoice } from "./check-sandbox.ts";
import type { ResolvedOptions } from "./resolve.ts";
import { keptPlaces, sandboxPlaces, type SandboxSubject } from "./sandbox-places.ts";

/**
 * Makes what the sandbox needs, and gives the words to put before a command. `atEnd` is given what is to be closed.
 *
 * @throws HarnessError `unsupported-option` if the system does not let bubblewrap make one.
 */
export async function openSandbox(
  subject: SandboxSubject,
  atEnd: (close: () => void) => void,
): Promise<readonly string[]> {
  const { choice, request } = subject;
  const { cwd, scratch } = request;
  await assertPossible(choice);
  // Else its sessions would be gone with the sandbox.
  for (const { path, isFile } of keptPlaces(subject)) if (!isFile) makeDirectory(path);
  const work = request.permissions === "read-only" ? [] : [cwd, ...request.addDirs];
  makeSealable([...work, ...choice.writable]);
  const { network } = choice;
  if (network === "open") return wordsOf(choice, { places: sandboxPlaces(subject), cwd, env: temporary(subject) });
  const standIns = placeEndpoints(network);
  // Beside what the agent writes: a link that it left there would be mounted at its next attempt.
  const directory = dirname(scratch);
  writeScratchFiles(directory, { [hostsName]: hostsFile(standIns) });
  const hosts: Place = { path: "/etc/hosts", source: join(directory, hostsName), view: "read" };
  const places = [...sandboxPlaces(subject), hosts];
  const words = wordsOf(choice, { places, cwd, env: temporary(subject) });
  if (standIns.length === 0) return words;
  const gate = await openGate(scratch, standIns);
  atEnd(gate.close);
  return [...words, ...gate.words];
}

/** The sandbox in which Git looks at what a sandboxed agent has left: it may have told Git to start programs. */
export function gitSandbox(
  { sandbox, cwd }: Pick<ResolvedOptions, "sandbox" | "cwd">,
  env: Readonly<Record<string, string>>,
  scratch: string,
  stateDirectory: string,
): readonly string[] | undefined {
  if (sandbox === undefined) return undefined;
  const choice = { ...sandbox, network: [], writable: [] };
  const nothing = { addDirs: [], attachments: [], mcpServers: {} };
  const request = { ...nothing, permissions: "read-only" as const, cwd, env, scratch };
  const subject = { choice, request, homes: findHomes(env), stateDirectory };
  return wordsOf(choice, { places: sandboxPlaces(subject), env: {} });
}

/** What the agent of a sandbox sees, for people. */
export interface SandboxSummary {
  /** What it may write. */
  readonly writes: readonly string[];
  /** What is empty for it, and gone at the end. */
  readonly hides: readonly string[];
  /** What it may read, though it lies where all else is hidden or writable. */
  readonly reads: readonly string[];
  readonly network: "open" | readonly string[];
}

export function describeSandbox(subject: SandboxSubject): SandboxSummary {
  const { network } = subject.choice;
  const places = visiblePlaces(sandboxPlaces(subject));
  const paths = (...views: readonly Place["view"][]): readonly string[] =>
    places.filter(({ view }) => views.includes(view)).map(({ path }) => path);
  return {
    writes: paths("write"),
    hides: paths("hidden"),
    reads: paths("read", "sealed"),
    network: network === "open" ? network : network.map(({ host, port }) => `${host}:${port}`),
  };
}

const hostsName = "sandbox-hosts";

/** The caller's temp directory is not there, or not to be written. */
function temporary({ request: { env } }: SandboxSubject): Readonly<Record<string, string>> {
  return env.TMPDIR === undefined ? {} : { TMPDIR: "/tmp" };
}

function wordsOf(choice: SandboxChoice, parts: Omit<SandboxParts, "isRoot" | "network">): readonly string[] {
  const { bubblewrap, network: reached } = choice;
  const closed = reached !== "open" && needsLowPort(reached) ? "closed-with-low-ports" : "closed";
  const network = reached === "open" ? "open" : closed;
  return [bubblewrap, ...sandboxArguments({ ...parts, isRoot: process.getuid?.() === 0, network })];
}

async function assertPossible(choice: SandboxChoice): Promise<void> {
  const problem = await probeBubblewrap(wordsOf(choice, { places: [], env: {} }));
  if (problem === undefined) return;
  throw new HarnessError({
    code: "unsupported-option",
    option: "sandbox",
    reason: "unsupported",
    message: `sandbox: bubblewrap cannot make one here: ${problem}`,
    hint:
      "Allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0). " +
      "Where a container forbids them, let the container be the sandbox.",
  });
}
