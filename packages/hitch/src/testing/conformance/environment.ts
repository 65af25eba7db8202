/** The surroundings of a run: what of the caller's environment counts, and what stays as it was. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { removedVariables } from "../../policy/environment.ts";
import { text } from "../mock-model/turns.ts";
import { defineBehaviour, hold, holdSame } from "./behaviour.ts";
import { contentOf, filesIn } from "./files.ts";
import { holdCompleted } from "./ran.ts";

/** In the value of every variable that an agent must not get. */
const misleadingValue = "as-in-another-agent";

/** As in a shell that an agent opened. */
const misleading = {
  ...Object.fromEntries(removedVariables.map(({ name }) => [name.replace("*", "_ANY"), misleadingValue])),
  PWD: `/${misleadingValue}`,
};

export const environmentBehaviours = [
  defineBehaviour({
    id: "environment-given",
    title: "hands the caller's variables on to its tools, inherited and given ones",
    required: true,
    async prove(bench) {
      await using stage = await bench.stage({
        turns: [bench.subject.calls.shell("env > env.txt"), text("Done.")],
        inherited: { LEMONS_INHERITED: "from the caller" },
      });
      const ran = await stage.run({ options: { env: { LEMONS_GIVEN: "two words 😀" } } });
      holdCompleted(ran, "Done.");
      const lines = contentOf(join(stage.place.cwd, "env.txt")).split("\n");
      const seen = lines.filter((line) => line.startsWith("LEMONS_")).sort();
      holdSame(seen, ["LEMONS_GIVEN=two words 😀", "LEMONS_INHERITED=from the caller"], "The tool's variables");
    },
  }),
  defineBehaviour({
    id: "environment-nested",
    title: "works as usual when it is called from inside another agent",
    required: true,
    async prove(bench) {
      await using stage = await bench.stage({
        turns: [bench.subject.calls.shell("pwd > where.txt; env > env.txt"), text("Done.")],
        inherited: misleading,
      });
      const ran = await stage.run();
      holdCompleted(ran, "Done.");
      holdSame(contentOf(join(stage.place.cwd, "where.txt")), `${stage.place.cwd}\n`, "The tool's directory");
      const lines = contentOf(join(stage.place.cwd, "env.txt")).split("\n");
      const misled = lines.filter((line) => line.includes(misleadingValue));
      holdSame(misled, [], "What the tool sees of the other agent");
    },
  }),
  defineBehaviour({
    id: "configuration-kept",
    title: "leaves the user's configuration as it was",
    async prove(bench) {
      const { calls } = bench.subject;
      await using stage = await bench.stage({ turns: [calls.shell("true"), text("Done.")] });
      const before = { ...filesIn(stage.place.home), ...filesIn(stage.place.cwd) };
      holdCompleted(await stage.run(), "Done.");
      const after = { ...filesIn(stage.place.home), ...filesIn(stage.place.cwd) };
      const changed = Object.keys(before).filter((path) => before[path] !== after[path]);
      holdSame(changed, [], "The files that were changed");
    },
  }),
  defineBehaviour({
    id: "temp-clean",
    title: "leaves nothing in the directory for temporary files",
    async prove(bench) {
      await using stage = await bench.stage({ turns: [bench.subject.calls.shell("true"), text("Done.")] });
      holdCompleted(await stage.run(), "Done.");
      const left = readdirSync(stage.temp, { recursive: true });
      hold(left.length === 0, "The directory for temporary files should be empty", left);
    },
  }),
];
