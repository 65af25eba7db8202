/** A conversation goes on where it was, as its model hears it. */
import type { HarnessOptions } from "../../run/options.ts";
import type { Session } from "../../vocabulary/result.ts";
import { text } from "../mock-model/turns.ts";
import { defineBehaviour, hold, holdSame } from "./behaviour.ts";
import type { Bench } from "./bench.ts";
import { holdCompleted, spokenIn } from "./ran.ts";
import type { Stage } from "./stage.ts";

const spent = { input: 100, output: 7 };

export const sessionBehaviours = [
  defineBehaviour({
    id: "resume",
    title: "continues a session with all that was said",
    async prove(bench) {
      await using talk = await converse(bench);
      const first = await talk.say("My name is Ada.");
      const second = await talk.say("What is my name?", { session: first.session });
      holdSame(second.session.id, first.session.id, "The session's id");
      holdInOrder(second.heard, ["My name is Ada.", "Answer 0.", "What is my name?"]);
    },
  }),
  defineBehaviour({
    id: "resume-usage",
    title: "counts in a continued session what the run used, not the session",
    async prove(bench) {
      await using talk = await converse(bench);
      const first = await talk.say("My name is Ada.");
      const second = await talk.say("What is my name?", { session: first.session });
      holdSame(second.usage, [100, 7], "The usage of the second run");
    },
  }),
  defineBehaviour({
    id: "fork",
    title: "branches a session off, and leaves the original as it was",
    async prove(bench) {
      await using talk = await converse(bench);
      const first = await talk.say("My name is Ada.");
      const branch = await talk.say("Forget it.", { session: first.session, fork: true });
      hold(branch.session.id !== first.session.id, "The branch should have an id of its own", branch.session);
      holdInOrder(branch.heard, ["My name is Ada.", "Answer 0.", "Forget it."]);
      const original = await talk.say("And now?", { session: first.session });
      holdInOrder(original.heard, ["My name is Ada.", "Answer 0.", "And now?"]);
      hold(
        !original.heard.join("\n").includes("Forget it."),
        "The original should not know the branch",
        original.heard,
      );
    },
  }),
  defineBehaviour({
    id: "session-unknown",
    title: "refuses to continue a session that it doesn't know",
    async prove(bench) {
      await using elsewhere = await converse(bench);
      const { session } = await elsewhere.say("My name is Ada.");
      const ran = await bench.run({ turns: [text("Hm.")] }, { options: { session: session.id } });
      hold(ran.error?.code === "session-not-found", "The code should be session-not-found", ran.error ?? ran.status);
      hold(ran.requests.length === 0, "The model should not be asked", ran.requests.length);
    },
  }),
];

interface Talk extends AsyncDisposable {
  say(prompt: string, options?: HarnessOptions): Promise<Said>;
}

interface Said {
  readonly session: Session;
  readonly heard: readonly string[];
  readonly usage: readonly (number | undefined)[];
}

async function converse(bench: Bench): Promise<Talk> {
  const stage: Stage = await bench.stage({ turns: (_, index) => text(`Answer ${index}.`, { usage: spent }) });
  return {
    async say(prompt, options) {
      const ran = await stage.run({ prompt, ...(options && { options }) });
      holdCompleted(ran);
      const { session, usage } = ran.result;
      hold(session !== undefined, "The result should name the session");
      return { session, heard: spokenIn(ran.requests[0]), usage: [usage?.inputTokens, usage?.outputTokens] };
    },
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

/** Checks that all of these were said, one after the other. */
function holdInOrder(heard: readonly string[], wanted: readonly string[]): void {
  let next = 0;
  for (const words of heard) if (next < wanted.length && words.includes(wanted[next] ?? "")) next += 1;
  hold(next === wanted.length, `The model should hear ${JSON.stringify(wanted)}`, heard);
}
