/** What the caller says is what the model hears, to the letter, and nobody acts on it in between. */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Provider } from "../../provider.ts";
import { text } from "../mock-model/turns.ts";
import { defineBehaviour, hold, holdSame, type Behaviour } from "./behaviour.ts";
import { nasty } from "./nasty-text.ts";
import { holdCompleted } from "./ran.ts";

const hostile = {
  option: { title: "that looks like an option", prompt: "--help" },
  dash: { title: "that begins with a dash", prompt: "- buy lemons" },
  file: { title: "that looks like a file's name", prompt: "@notes.txt" },
  command: { title: "that looks like a command of the agent's", prompt: "/help me with this" },
  shell: { title: "that looks like a command for the shell", prompt: "!touch made" },
  comment: { title: "that looks like a comment", prompt: "# Remember the lemons" },
  references: { title: "with quotes, references, commands and odd separators", prompt: nasty },
  "white-space": { title: "between white space", prompt: " \n\tHello there \n\n" },
  word: { title: "of one word", prompt: "Lemonade" },
};

export const promptBehaviours: readonly Behaviour[] = [
  ...Object.entries(hostile).map(([id, { title, prompt }]) => hears(`prompt-${id}`, title, () => prompt)),
  hears("prompt-large", "of 200 KB", ({ capabilities }) => {
    const { maxPromptBytes = Infinity, maxPromptCharacters = Infinity } = capabilities;
    const end = "The end";
    const length = Math.min(200_000, maxPromptBytes, maxPromptCharacters) - end.length;
    return "A sentence about nothing at all.\n".repeat(10_000).slice(0, length) + end;
  }),
  defineBehaviour({
    id: "prompt-nul",
    title: "is not even started for a prompt with a NUL",
    required: true,
    async prove(bench) {
      const { error, requests } = await bench.run({ turns: [text("Heard.")] }, { prompt: "a\0b" });
      holdSame([error?.code, error?.reason], ["invalid-options", "nul-byte"], "Code and reason");
      hold(requests.length === 0, "The model should not be asked", requests.length);
    },
  }),
];

function hears(id: string, what: string, promptFor: (provider: Provider) => string): Behaviour {
  return defineBehaviour({
    id,
    title: `hands a prompt ${what} to its model as it is`,
    // Agents may drop the white space around it: nothing of what the caller says is lost.
    required: id !== "prompt-white-space",
    async prove(bench) {
      const prompt = promptFor(bench.subject.provider);
      await using stage = await bench.stage({ turns: [text("Heard.")], contextTokens: 2_000_000 });
      writeFileSync(join(stage.place.cwd, "notes.txt"), "Buy 42 lemons.\n");
      const before = readdirSync(stage.place.cwd);
      const ran = await stage.run({ prompt });
      holdCompleted(ran, "Heard.");
      hold(ran.requests.length === 1, "The model should be asked once", ran.requests.length);
      const heard =
        ran.requests[0]?.messages.filter(({ role }) => role === "user").map((message) => message.text) ?? [];
      hold(
        heard.some((words) => words.includes(prompt)),
        "The model should hear the prompt to the letter",
        heard,
      );
      holdSame(readdirSync(stage.place.cwd), before, "The files of the project");
    },
  });
}
