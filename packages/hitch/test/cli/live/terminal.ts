import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { AgentEvent, RunEvent } from "../../../src/vocabulary/events.ts";

const viewHost = fileURLToPath(new URL("../../fixtures/cli/view-host.ts", import.meta.url));
const command = fileURLToPath(new URL("../../../bin/hitch.js", import.meta.url));

/** One event, or a pause in milliseconds. */
export type Scene = number | AgentEvent | RunEvent;

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Shell syntax behind the command: where its outputs go. */
  readonly redirection?: string;
}

/** Shows these events on the console of the command line, in a pseudo terminal. */
export function startView(scenes: readonly Scene[], options: TerminalOptions = {}): ChildProcess {
  return startInTerminal([viewHost, JSON.stringify(scenes)], options);
}

/** Runs the real command in a pseudo terminal, which is the stdout of what is given back. */
export function startHitchInTerminal(args: readonly string[], options: TerminalOptions = {}): ChildProcess {
  return startInTerminal([command, ...args], options);
}

function startInTerminal(args: readonly string[], options: TerminalOptions): ChildProcess {
  const { columns = 80, rows = 24, cwd, env, redirection = "" } = options;
  const line = [process.execPath, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const script = `stty cols ${columns} rows ${rows} -onlcr; exec ${line} ${redirection}`;
  // Vitest tells its workers not to colour, and Node gives none where CI is set.
  const { NO_COLOR: _no, FORCE_COLOR: _force, CI: _ci, ...inherited } = process.env;
  return spawn("script", ["-q", "-e", "-c", script, "/dev/null"], {
    ...(cwd !== undefined && { cwd }),
    env: { ...inherited, SHELL: "/bin/sh", TERM: "xterm-256color", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
}
