/** Asks the agent what kind of failure it was, where an attempt has only words for it. */
import { judgeFailure, type FailedVerdict } from "../policy/verdict.ts";
import type { Provider } from "../provider.ts";
import type { Session } from "../vocabulary/result.ts";
import { runSideCommand, type SideCommands } from "./side-command.ts";

/** Resolves with the verdict, more exact if the agent knows more. What the question itself meets changes nothing. */
export async function askFailure(
  provider: Provider,
  session: Session | undefined,
  verdict: FailedVerdict,
  commands: SideCommands,
): Promise<FailedVerdict> {
  if (session === undefined || verdict.code !== "agent-error") return verdict;
  const inquiry = provider.askFailure?.(session.id, commands.request);
  if (inquiry === undefined) return verdict;
  const failure = await runSideCommand(commands, inquiry)
    .then(({ stdout }) => inquiry.read(stdout))
    .catch(() => undefined);
  // A session may have failed before, in other words.
  if (failure === undefined || failure.message === "" || !verdict.message.startsWith(failure.message)) return verdict;
  return { ...verdict, ...judgeFailure(failure), message: verdict.message };
}
