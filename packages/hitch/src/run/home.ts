/** The private home of a run with isolation `clean`: new, or that of the session which it continues or branches off. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { makeDirectory } from "../effects/paths.ts";
import { copyHome, endHome, findHome, keepHome, makeHome, touchHome } from "../effects/private-homes.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { Session } from "../vocabulary/result.ts";
import type { RunContext } from "./execute.ts";
import { environmentIn } from "./launch.ts";
import { prepare } from "./prepare.ts";
import { createTurns, sessionKey } from "./session-turn.ts";
import type { SideCommands } from "./side-command.ts";
import { warn } from "./warn.ts";

/** A home that is there. */
export interface OpenHome {
  readonly path: string;
  /** For what its agent unpacks, whatever the home. Kept as a home is; there if the agent prepares anything. */
  readonly shared: string;
  /** Nothing was in it. */
  readonly isNew: boolean;
  /** To be called as soon as the agent has told its session. */
  keepFor(session: Session): void;
  /** Removes it, unless it was kept. No process of the run may be alive. */
  close(): Promise<void>;
}

/** Rejects with `session-not-found` if the session is in no private home, or in one though the run has none. */
export async function openHome(context: RunContext, stop: AbortSignal): Promise<OpenHome | undefined> {
  const { runId, resolved, state, log } = context;
  const { session, fork, isolation } = resolved;
  const former = session && findHome(state.homes, sessionKey(session));
  if (session && (former === undefined) === (isolation === "clean")) throw wrongIsolation(session, isolation);
  if (isolation !== "clean") return undefined;
  const isContinued = former !== undefined && !fork;
  const path = isContinued ? former : makeHome(state.homes, runId);
  if (former !== undefined) touchHome(former);
  const shared = join(state.homes, `shared-${resolved.provider.id.replace(":", "-")}`);
  if (resolved.provider.prepare) {
    makeDirectory(shared);
    touchHome(shared);
  }
  const home: OpenHome = {
    path,
    shared,
    isNew: former === undefined,
    keepFor(told) {
      try {
        keepHome(path, sessionKey(told));
      } catch (error) {
        // The agent is at work already; that is no reason to end it.
        warn(log, [`session ${told.id} will not be found again: ${String(error)}`]);
      }
    },
    close: () => endHome(path),
  };
  try {
    if (session && former !== undefined && fork) await copyInTurn(context, session, { from: former, to: path, stop });
    return home;
  } catch (error) {
    await home.close();
    throw error;
  }
}

/** What an agent needs once before its first run is done in a home that is nobody's, and copied. Resolves with warnings. */
export async function fillHome(home: OpenHome, context: RunContext, commands: SideCommands): Promise<string[]> {
  const { resolved, surroundings, state } = context;
  const { provider } = resolved;
  const steps = provider.prepare?.(commands.request) ?? [];
  if (!home.isNew || steps.length === 0) return [];
  const key = createHash("sha256").update(JSON.stringify([provider.id, commands.program.path]));
  const template = join(state.homes, `template-${key.digest("hex").slice(0, 24)}`);
  makeDirectory(template);
  touchHome(template);
  const env = environmentIn(template, { cwd: template, env: resolved.env }, surroundings);
  const request = { ...commands.request, cwd: template, home: template, env };
  const warnings = await prepare(provider, state.prepared, { ...commands, request });
  if (warnings.length === 0) await copyHome(template, home.path);
  return warnings;
}

/** Not while another run is writing there. */
async function copyInTurn(
  { state, log }: RunContext,
  session: Session,
  { from, to, stop }: { readonly from: string; readonly to: string; readonly stop: AbortSignal },
): Promise<void> {
  const turns = createTurns(state.sessions, (message) => warn(log, [message]));
  try {
    await turns.wait(session, stop);
    if (!stop.aborted) await copyHome(from, to);
  } finally {
    turns.release();
  }
}

function wrongIsolation({ id }: Session, isolation: "inherit" | "clean"): HarnessError {
  const init = { code: "session-not-found", option: "session", reason: "other-isolation" } as const;
  if (isolation === "inherit") {
    return new HarnessError({
      ...init,
      message: `session: ${id} is in a private home: continue it with isolation "clean"`,
    });
  }
  const why = 'it began without isolation "clean", or was not used for 14 days';
  return new HarnessError({ ...init, message: `session: ${id} is in no private home: ${why}` });
}
