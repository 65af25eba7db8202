/** A home of its own, a repository that is not trusted, and keys that only the agent has. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "../mock-model/turns.ts";
import { defineBehaviour, hold, holdSame } from "./behaviour.ts";
import { contentOf, filesIn } from "./files.ts";
import { holdCompleted, spokenIn } from "./ran.ts";
import type { Stage } from "./stage.ts";
import { mockKey } from "./subject.ts";

const clean = { isolation: "clean" } as const;

const instructions = "Always answer with a lemon.";

export const cleanBehaviours = [
  defineBehaviour({
    id: "clean-home",
    title: "with isolation clean has a home and an environment of its own, and leaves the user's alone",
    async prove(bench) {
      await using stage = await bench.stage({
        turns: [bench.subject.calls.shell("env > env.txt"), text("Done.")],
        inherited: { LEMONS_INHERITED: "from the caller" },
        byOptions: true,
      });
      holdCompleted(await stage.run({ options: { ...clean, env: { LEMONS_GIVEN: "two words 😀" } } }), "Done.");
      const lines = contentOf(join(stage.place.cwd, "env.txt")).split("\n");
      const seen = lines.filter((line) => line.startsWith("LEMONS_"));
      holdSame(seen, ["LEMONS_GIVEN=two words 😀"], "The tool's variables");
      const home = lines.find((line) => line.startsWith("HOME="))?.slice("HOME=".length) ?? "";
      hold(home.includes("/homes/") && existsSync(home), "The tool's home should be a private one", home);
      holdSame(Object.keys(filesIn(stage.place.home)), [], "What is in the user's home");
    },
  }),
  defineBehaviour({
    id: "clean-session",
    title: "with isolation clean continues a session, and only there",
    async prove(bench) {
      await using stage = await bench.stage({ turns: (_, index) => text(`Answer ${index}.`), byOptions: true });
      const first = await stage.run({ prompt: "My name is Ada.", options: clean });
      holdCompleted(first);
      const { session } = first.result;
      hold(session !== undefined, "The result should name the session");
      const lost = await stage.run({ prompt: "What is my name?", options: { session } });
      hold(lost.error?.code === "session-not-found", "The code should be session-not-found", lost.error ?? lost.status);
      const second = await stage.run({ prompt: "What is my name?", options: { ...clean, session } });
      holdCompleted(second);
      const heard = spokenIn(second.requests[0]).join("\n");
      hold(/My name is Ada\.[^]*Answer 0\.[^]*What is my name\?/.test(heard), "The model should hear it all", heard);
    },
  }),
  defineBehaviour({
    id: "clean-repository",
    title: "with isolation clean takes nothing of a repository but its instructions",
    async prove(bench) {
      const { traps, trapsNeedTrust } = bench.subject;
      const sprungWhen = async (isolation: "inherit" | "clean"): Promise<boolean> => {
        await using stage = await bench.stage({
          turns: [bench.subject.calls.shell("echo worked > worked.txt"), text("Done.")],
          byOptions: true,
        });
        const mark = layTraps(stage, bench.subject.instructionsFile ?? "AGENTS.md", traps ?? (() => ({})));
        const ran = await stage.run({ options: { isolation } });
        if (isolation === "inherit") return existsSync(mark);
        holdCompleted(ran, "Done.");
        hold(existsSync(join(stage.place.cwd, "worked.txt")), "Its tools should work");
        const asked = JSON.stringify(ran.requests[0]?.body ?? "");
        hold(asked.includes(instructions), "The model should hear the instructions");
        return existsSync(mark);
      };
      hold(!(await sprungWhen("clean")), "Nothing that the repository names should be started");
      if (traps === undefined) return;
      const isReal = await sprungWhen("inherit");
      hold(
        isReal === (trapsNeedTrust === undefined),
        "Without it the repository should be trusted as declared",
        isReal,
      );
    },
  }),
  defineBehaviour({
    id: "keys-hidden",
    title: "keeps the key for its model out of the environment of its commands",
    async prove(bench) {
      const { clean: hasClean } = bench.subject.provider.capabilities.options;
      for (const isolation of hasClean ? (["inherit", "clean"] as const) : (["inherit"] as const)) {
        await using stage = await bench.stage({
          turns: [bench.subject.calls.shell("env > env.txt"), text("Done.")],
          byOptions: true,
        });
        holdCompleted(await stage.run({ options: { isolation } }), "Done.");
        const seen = contentOf(join(stage.place.cwd, "env.txt"));
        const names = seen.split("\n").filter((line) => line.includes(mockKey));
        holdSame(names, [], `The variables with the key, with isolation ${isolation}`);
      }
    },
  }),
];

/** Gives the file that is there when a trap has worked. */
function layTraps(
  { place: { cwd, home } }: Stage,
  instructionsFile: string,
  traps: (command: string) => Readonly<Record<string, string>>,
): string {
  const mark = join(dirname(home), "sprung");
  const files = { ...traps(`touch ${mark}`), [instructionsFile]: `${instructions}\n` };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), content);
  }
  return mark;
}
