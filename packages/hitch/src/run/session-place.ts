/** Asks the agent where a session belongs that its caller knows only by its id. */
import { isSameDirectory } from "../effects/paths.ts";
import type { Provider } from "../provider.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { Session } from "../vocabulary/result.ts";
import { runSideCommand, type SideCommands } from "./side-command.ts";

/**
 * Resolves with warnings. Rejects with `session-not-found` if there is no such session, or if it belongs elsewhere: some
 * agents would then work in the other directory, or hang.
 */
export async function checkSessionPlace(
  provider: Provider,
  { id }: Session,
  commands: SideCommands,
): Promise<string[]> {
  const inquiry = provider.locateSession?.(id, commands.request);
  if (inquiry === undefined) return [];
  const { stdout, problem } = await runSideCommand(commands, inquiry);
  if (problem !== undefined) return [`whether session ${id} belongs to this directory is unknown: ${problem}`];
  const directory = inquiry.read(stdout);
  const { cwd } = commands.request;
  if (directory !== undefined && isSameDirectory(directory, cwd)) return [];
  throw new HarnessError({
    code: "session-not-found",
    option: "session",
    reason: directory === undefined ? "unknown" : "other-cwd",
    message:
      directory === undefined
        ? `session: ${provider.id} has no session ${id}`
        : `session: ${id} belongs to ${directory}, this run works in ${cwd}`,
  });
}
