/** What every answer promises: its text, its events, and counts that are true or not there. */
import { fault, text } from "../mock-model/turns.ts";
import { defineBehaviour, hold, holdSame } from "./behaviour.ts";
import { holdCompleted } from "./ran.ts";

const spent = { input: 1_000, output: 50, cacheRead: 200 };

export const textBehaviours = [
  defineBehaviour({
    id: "text",
    title: "answers with the text of its model, asked once",
    required: true,
    async prove(bench) {
      const ran = await bench.run({ turns: [text("Four, of course.")] }, { prompt: "What is 2 + 2?" });
      holdCompleted(ran, "Four, of course.");
      hold(ran.requests.length === 1, "The model should be asked once", ran.requests.length);
      hold(ran.result.turns === 1, "The run should have one turn", ran.result.turns);
      const texts = ran.events.filter(({ type }) => type === "text");
      hold(texts.length === 1, "There should be one text event", texts);
    },
  }),
  defineBehaviour({
    id: "model",
    title: "asks the model that the caller named",
    required: true,
    async prove(bench) {
      const ran = await bench.run({ turns: [text("Four.")] });
      holdCompleted(ran, "Four.");
      const asked = ran.requests[0]?.model || "none";
      hold(bench.subject.model.endsWith(asked), "The model should be that", asked);
    },
  }),
  defineBehaviour({
    id: "usage",
    title: "counts tokens as they were reported, what was cached apart",
    async prove(bench) {
      const { result } = await bench.run({ turns: [text("Four.", { usage: spent })] });
      const { inputTokens, outputTokens, reasoningTokens = 0, cacheReadTokens = 0 } = result.usage ?? {};
      holdSame([inputTokens, cacheReadTokens], [800, 200], "The tokens of the prompt, fresh and cached,");
      holdSame((outputTokens ?? 0) + reasoningTokens, 50, "The tokens of the answer");
    },
  }),
  defineBehaviour({
    id: "unknown-is-not-zero",
    title: "has no count and no cost of 0 where its model reports none",
    async prove(bench) {
      const ran = await bench.run({ turns: [text("Four.", { usage: null })] });
      holdCompleted(ran, "Four.");
      const { result } = ran;
      const { inputTokens, outputTokens } = result.usage ?? {};
      hold(inputTokens !== 0 && outputTokens !== 0, "What is unknown should not be 0", result.usage);
      hold(result.cost?.usd !== 0, "A cost that is unknown should not be 0", result.cost);
      hold(
        (result.cost?.source === "unknown") === (result.cost?.usd === undefined),
        "A cost has a source",
        result.cost,
      );
    },
  }),
  defineBehaviour({
    id: "empty-answer",
    title: "ends with the code no-output or protocol when its model answers nothing",
    required: true,
    async prove(bench) {
      const { status, error } = await bench.run({ turns: [fault("empty")] });
      hold(status === "failed", "An empty answer should be a failure", status);
      hold(["no-output", "protocol"].includes(error?.code ?? ""), "Its code should be no-output", error);
      return error?.code;
    },
  }),
];
