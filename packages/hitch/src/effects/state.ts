/** The state directory: where journals, records of live runs and marks of what was prepared are kept. */
import { accessSync, constants, lstatSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { makeDirectory } from "./paths.ts";

/** The folders of the state directory. */
export interface State {
  readonly directory: string;
  /** Journals, one folder a run. */
  readonly runs: string;
  /** Records of live runs, with their scratch files. */
  readonly active: string;
  /** Marks of what was prepared once. */
  readonly prepared: string;
  /** Locks of sessions that runs are continuing. */
  readonly sessions: string;
  /** Git worktrees that runs work in, with a ticket each. */
  readonly worktrees: string;
  /** Private homes of agents, with their tickets and what leads to them. */
  readonly homes: string;
  /** Why it is not where it should be. */
  readonly warning?: string;
}

/** A directory that was asked for cannot be used. */
export class StateError extends Error {
  override readonly name = "StateError";
  readonly directory: string;

  constructor(directory: string, cause: unknown) {
    super(`cannot write to ${directory}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.directory = directory;
  }
}

/**
 * Opens `$HITCH_STATE_DIR`, else `$XDG_STATE_HOME/hitch`, else `~/.local/state/hitch`; makes it with mode 0700.
 * An `XDG_STATE_HOME` that is relative counts as none, as its specification says; others count from the working
 * directory: an agent that works elsewhere is given paths in it. Without a writable one a private temp directory
 * serves, with a warning; `HITCH_STATE_DIR` is asked for, so it must work.
 *
 * @throws StateError if `HITCH_STATE_DIR` cannot be written.
 */
export function openState(env: Readonly<Record<string, string | undefined>>): State {
  const asked = env.HITCH_STATE_DIR;
  if (asked) return makeFolders(resolve(asked));
  try {
    const { XDG_STATE_HOME: base = "" } = env;
    const states = isAbsolute(base) ? base : resolve(env.HOME || homedir(), ".local", "state");
    return makeFolders(join(states, "hitch"));
  } catch (error) {
    // Without an entry in passwd the system knows no home either.
    const user = process.getuid?.() ?? 0;
    const temporary = makePrivateDirectory(resolve(tmpdir(), `hitch-${user}`));
    if (lstatSync(temporary).uid !== user) throw new StateError(temporary, "it belongs to somebody else");
    return { ...makeFolders(temporary), warning: `${(error as Error).message}; using ${temporary}` };
  }
}

/** Makes a directory for this user alone and makes sure that it can be written. */
export function makePrivateDirectory(directory: string): string {
  try {
    makeDirectory(directory);
    accessSync(directory, constants.W_OK | constants.X_OK);
    return directory;
  } catch (error) {
    throw new StateError(directory, error);
  }
}

function makeFolders(directory: string): State {
  const makeFolder = (name: string): string => makePrivateDirectory(join(directory, name));
  return {
    directory,
    runs: makeFolder("runs"),
    active: makeFolder("active"),
    prepared: makeFolder("prepared"),
    sessions: makeFolder("sessions"),
    worktrees: makeFolder("worktrees"),
    homes: makeFolder("homes"),
  };
}
