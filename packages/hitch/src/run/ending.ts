/** The end of one attempt's process: whoever wants it to end says so here, and here is known how far it is. */
import type { AgentProcess, ProcessInfo } from "../effects/process/index.ts";
import type { Redact } from "../policy/redaction.ts";

export interface Ending {
  /** The agent has said all: it may exit by itself for a while; then it alone is ended. */
  expectExit(): void;
  /** The agent was told to end: it may do so by itself for a moment; then it is ended with everything else. */
  endSoon(): void;
  /** Ends the agent and everything that descends from it. */
  readonly end: () => void;
  /** It is ended by us, in either way. */
  readonly hasBegun: boolean;
  /** Resolves when `end` was called: nobody needs what the agent still prints. */
  readonly begun: Promise<void>;
  /** To be called after the exit. Resolves with what people should know of processes that were left. */
  settle(leftovers: "end" | "keep", redact: Redact): Promise<string[]>;
}

/** How long an agent that has said all may take to exit by itself. */
const farewellMs = 5_000;

/** How long an agent that was told to end may take to put its things away. */
const lastWordMs = 1_000;

const shownCommandLength = 120;

export function createEnding(process: AgentProcess): Ending {
  const begun = Promise.withResolvers<void>();
  let farewell: NodeJS.Timeout | undefined;
  let lastWord: NodeJS.Timeout | undefined;
  let isDismissed = false;
  let ending: Promise<readonly ProcessInfo[] | Error> | undefined;

  const dismiss = (): void => {
    isDismissed = true;
    void process.dismiss();
  };

  const end = (): void => {
    // Kept as a value: whether it failed is looked at only when everything else is over.
    ending ??= process.end().catch(toError);
    begun.resolve();
  };

  return {
    expectExit() {
      farewell ??= setTimeout(dismiss, farewellMs);
    },
    endSoon() {
      lastWord ??= setTimeout(end, lastWordMs);
    },
    end,
    get hasBegun() {
      return isDismissed || ending !== undefined;
    },
    begun: begun.promise,
    async settle(leftovers, redact) {
      clearTimeout(farewell);
      clearTimeout(lastWord);
      // It may have gone by itself, but nothing of it shall stay, whatever was to be kept.
      if (lastWord !== undefined) end();
      const name = ({ pid, command }: ProcessInfo): string =>
        `process ${pid} (${redact(command).slice(0, shownCommandLength)})`;
      if (ending === undefined) {
        const found = await process.settleLeftovers(leftovers).catch(toError);
        if (found instanceof Error) return [unknownEnd(found)];
        const kept = leftovers === "keep" ? "outlives the agent, and nothing watches it" : "could not be killed";
        return found.map((left) => `${name(left)} ${left.isAlive ? kept : "outlived the agent and was ended"}`);
      }
      const alive = await ending;
      if (alive instanceof Error) return [unknownEnd(alive)];
      return alive.map((left) => `${name(left)} could not be killed`);
    },
  };
}

/** Processes cannot be listed where no descriptor is free, say. That is no reason to lose an answer. */
function unknownEnd({ message }: Error): string {
  return `whether all processes of the agent were ended is unknown: ${message}`;
}

function toError(error: unknown): Error {
  return new Error(String(error), { cause: error });
}
