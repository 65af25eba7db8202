/** Several runs at once don't get in each other's way. */
import type { RecordedRequest } from "../mock-model/requests.ts";
import { text } from "../mock-model/turns.ts";
import { defineBehaviour, holdSame } from "./behaviour.ts";
import { holdCompleted } from "./ran.ts";

const prompts = ["Pears", "Plums", "Peaches"];

export const parallelBehaviours = [
  defineBehaviour({
    id: "parallel",
    title: "runs three times at once, the first ever in its home included",
    required: true,
    async prove(bench) {
      await using stage = await bench.stage({ turns: (request) => text(`You said ${fruitIn(request)}.`) });
      for (const round of ["in a fresh home", "once more"]) {
        const runs = await Promise.all(prompts.map((prompt) => stage.run({ prompt })));
        runs.forEach((ran, index) => holdCompleted(ran, `You said ${prompts[index]}.`));
        const sessions = new Set(runs.map(({ result }) => result.session?.id));
        holdSame(sessions.size, prompts.length, `The number of sessions ${round}`);
      }
    },
  }),
];

function fruitIn({ messages }: RecordedRequest): string {
  const said = messages.filter(({ role }) => role === "user").map((message) => message.text);
  return prompts.filter((prompt) => said.some((words) => words.includes(prompt))).join(" and ");
}
