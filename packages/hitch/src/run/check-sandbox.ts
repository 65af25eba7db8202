/** The sandbox that was asked for, and whether this machine can have one. */
import { resolve } from "node:path";
import { findHomes } from "../effects/homes.ts";
import { checkDirectory } from "../effects/paths.ts";
import { findBubblewrap } from "../effects/process/index.ts";
import { findReal } from "../effects/sandbox/real-path.ts";
import { isWithin } from "../policy/sandbox.ts";
import { parseEndpoint, type Endpoint } from "../policy/sandbox-network.ts";
import { add, checkKeys, checkList, refuse, show, type Findings } from "./check.ts";
import type { Surroundings } from "./resolve.ts";

/** A sandbox, checked. */
export interface SandboxChoice {
  /** The path of `bwrap`. */
  readonly bubblewrap: string;
  readonly network: "open" | readonly Endpoint[];
  /** Absolute. */
  readonly writable: readonly string[];
  /** Where the caller has the journals, if not in Hitch's own directory: absolute. */
  readonly journals?: string;
}

/** Never lenient: who asks for a sandbox does not want to go on without. */
export function checkSandbox(
  findings: Findings,
  options: { readonly sandbox?: unknown; readonly leftovers?: unknown; readonly journal?: unknown },
  work: readonly string[],
  // What is put around an agent does not come from what the agent is given.
  { cwd: base, env }: Surroundings,
): SandboxChoice | undefined {
  const { sandbox: given, leftovers, journal } = options;
  if (given === undefined || given === false) return undefined;
  const asked = given === true ? {} : checkKeys(findings, "sandbox", given, ["network", "writable"]);
  const network = checkNetwork(findings, asked.network);
  const writable = checkList(findings, "sandbox.writable", asked.writable).map((name) => resolve(base, name));
  for (const directory of writable) {
    const problem = checkDirectory(directory);
    if (problem) refuse(findings, "sandbox.writable", problem, `sandbox.writable: ${directory} is ${inWords[problem]}`);
  }
  checkReach(findings, [...work, ...writable], findHomes(env));
  if (leftovers === "keep") {
    refuseSandbox(findings, "leftovers: nothing outlives a sandbox", "Leave out leftovers, or the sandbox.");
  }
  const bubblewrap = process.platform === "linux" ? findBubblewrap(env.PATH) : undefined;
  const journals = typeof journal === "string" ? { journals: resolve(base, journal) } : {};
  if (bubblewrap !== undefined) return { bubblewrap, network, writable, ...journals };
  if (process.platform !== "linux") refuseSandbox(findings, "sandbox: there is one on Linux only", noSandboxHint);
  else refuseSandbox(findings, "sandbox: there is no bwrap on the PATH", `${installHint} ${noSandboxHint}`);
  return undefined;
}

/** What to do where bubblewrap is missing. */
const installHint = "Install bubblewrap: apt install bubblewrap, dnf install bubblewrap, apk add bubblewrap.";

const noSandboxHint = "Else run Hitch in a container or a virtual machine of its own.";

function checkNetwork(findings: Findings, given: unknown): SandboxChoice["network"] {
  if (given === undefined || given === true) return "open";
  if (given === false) return [];
  return checkList(findings, "sandbox.network", given).flatMap((text) => {
    const endpoint = parseEndpoint(text);
    if (endpoint !== undefined) return [endpoint];
    const message = `sandbox.network: ${show(text)} is not name:port, as in "api.openai.com:443" or "127.0.0.1:11434"`;
    refuse(findings, "sandbox.network", "wrong-form", message);
    return [];
  });
}

/** A place that holds the home shows it, and one that holds everything is no sandbox. */
function checkReach(findings: Findings, named: readonly string[], homes: readonly string[]): void {
  const places = named.map((path) => findReal(path)?.path ?? path);
  const realHomes = homes.map((home) => findReal(home)?.path ?? home);
  if (places.includes("/")) {
    refuse(findings, "sandbox", "whole-system", "sandbox: the whole file system is what the agent may work in");
  } else if (realHomes.some((home) => home !== "/" && places.some((place) => isWithin(home, place)))) {
    findings.warnings.push("the sandbox hides nothing of your home, since the agent may work in all of it");
  }
}

function refuseSandbox(findings: Findings, message: string, hint: string): void {
  add(findings, { code: "unsupported-option", option: "sandbox", reason: "unsupported", message, hint });
}

const inWords = {
  missing: "missing",
  "not-a-directory": "not a directory",
  "not-accessible": "not accessible for this user",
};
