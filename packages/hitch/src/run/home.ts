/** The private home of a run with isolation `clean`: new, or that of the session which it continues or branches off. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { copyTree } from "../effects/copy-tree.ts";
import { makeDirectory } from "../effects/paths.ts";
import { endHome, findHome, forgetSession, keepHome, makeHome, touchHome } from "../effects/private-homes.ts";
import { sizeOfTree } from "../effects/tree-size.ts";
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

/** Largest home that is copied for a branch, in bytes as a copy would have them: 1 GB. */
const maxCopyBytes = 1_000_000_000;

/**
 * Rejects with `session-not-found` if the session is in no private home, and with `invalid-options` if a branch would need a copy
 * of a home that is too large.
 */
export async function openHome(context: RunContext, stop: AbortSignal): Promise<OpenHome | undefined> {
  const { runId, resolved, state, log } = context;
  const { session, fork, isolation } = resolved;
  const former = session && findHome(state.homes, sessionKey(session));
  if (isolation !== "clean") {
    // An agent may tell the name of any session: that of the user's own must not be lost to him by it.
    if (session && former !== undefined) warn(log, [`session ${session.id} ${toldElsewhere}`]);
    return undefined;
  }
  if (session && former === undefined) throw notInHome(session);
  const isContinued = former !== undefined && !fork;
  const path = isContinued ? former : makeHome(state.homes, runId);
  if (former !== undefined) touchHome(former);
  let begun: Session | undefined;
  const shared = join(state.homes, `shared-${resolved.provider.id.replace(":", "-")}`);
  if (resolved.provider.prepare) {
    touchHome(shared);
    makeDirectory(shared);
  }
  const home: OpenHome = {
    path,
    shared,
    isNew: former === undefined,
    keepFor(told) {
      try {
        if (!keepHome(path, sessionKey(told))) return;
        // Only one: an agent could take any number of names. The last one told is that of the result.
        if (begun) {
          forgetSession(state.homes, sessionKey(begun));
          warn(log, [`session ${begun.id} will not be found again: the agent has told another one, ${told.id}`]);
        }
        begun = told;
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
  if (!home.isNew || !provider.prepare) return [];
  const key = createHash("sha256").update(JSON.stringify([provider.id, commands.program.path]));
  const template = join(state.homes, `template-${key.digest("hex").slice(0, 24)}`);
  // Nothing of this caller's: others get copies.
  const env = environmentIn(template, { cwd: template, env: {} }, surroundings);
  const request = { ...commands.request, cwd: template, home: template, env };
  if (provider.prepare(request).length === 0) return [];
  touchHome(template);
  makeDirectory(template);
  const warnings = await prepare(provider, state.prepared, { ...commands, request });
  if (warnings.length > 0) return warnings;
  return describeUnread(await copyTree(template, home.path, commands.stop));
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
    const { apparent } = await sizeOfTree(from, stop);
    if (apparent > maxCopyBytes) throw tooLarge(session, from, apparent);
    warn(log, describeUnread(await copyTree(from, to, stop)));
  } finally {
    turns.release();
  }
}

const shownPaths = 3;

function describeUnread(paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const shown = paths.slice(0, shownPaths).map((path) => JSON.stringify(path));
  const more = paths.length > shownPaths ? ` and ${paths.length - shownPaths} more` : "";
  return [`what cannot be read is missing in the copy of the private home: ${shown.join(", ")}${more}`];
}

const toldElsewhere =
  'is looked for in your own home, though an agent in a private home has told this name too: it may have begun with isolation "clean"';

function notInHome({ id }: Session): HarnessError {
  const why = 'it began without isolation "clean", or its home was removed since (14 days, 1 GB)';
  const message = `session: ${id} is in no private home: ${why}`;
  return new HarnessError({ code: "session-not-found", option: "session", reason: "other-isolation", message });
}

function tooLarge({ id }: Session, path: string, bytes: number): HarnessError {
  const size = `${(bytes / 1_000_000_000).toFixed(1)} GB`;
  const message = `fork: the private home of session ${id} has ${size}, and at most 1 GB is copied: ${path}`;
  return new HarnessError({ code: "invalid-options", option: "fork", reason: "too-large", message });
}
