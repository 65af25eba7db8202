/** What an agent may do is what its files say afterwards, whatever its model tries. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PermissionLevel } from "../../vocabulary/result.ts";
import { text } from "../mock-model/turns.ts";
import { defineBehaviour, hold, holdSame, type Behaviour } from "./behaviour.ts";
import { holdCompleted } from "./ran.ts";

/** What the model tries, in this order. */
const deeds = ["write inside", "write outside", "command", "read inside"] as const;
type Deed = (typeof deeds)[number];

export const permissionBehaviours = [
  permits("read-only", "edits and runs nothing where it may only read", ["read inside"]),
  permits("workspace", "edits in its directory and runs commands, but edits nothing outside", [
    "write inside",
    "command",
    "read inside",
  ]),
  permits("unrestricted", "does everything where it may do everything", deeds),
  defineBehaviour({
    id: "add-dirs",
    title: "edits in a further directory that the caller names",
    async prove(bench) {
      await using stage = await bench.stage({
        turns: (_, index) => (index === 0 ? bench.subject.calls.write(path, "x") : text("Done.")),
      });
      const further = join(stage.place.home, "further");
      const path = join(further, "made.txt");
      mkdirSync(further);
      const isEnforced = bench.subject.provider.capabilities.enforcedBy.workspace !== "nothing";
      const permissions = isEnforced ? "workspace" : "unrestricted";
      holdCompleted(await stage.run({ options: { addDirs: [further], permissions } }), "Done.");
      hold(existsSync(path), "The file should be there");
    },
  }),
];

function permits(level: PermissionLevel, title: string, allowed: readonly Deed[]): Behaviour {
  return defineBehaviour({
    id: `permissions-${level}`,
    title,
    async prove(bench) {
      const { calls } = bench.subject;
      await using stage = await bench.stage({
        turns: (_, index) =>
          [calls.write(inside, "x"), calls.write(outside, "x"), calls.shell("touch command.txt"), calls.read(readable)][
            index
          ] ?? text("Done."),
      });
      const { cwd, home } = stage.place;
      const [inside, command, readable] = [join(cwd, "inside.txt"), join(cwd, "command.txt"), join(cwd, "read.txt")];
      const outside = join(home, "outside", "outside.txt");
      mkdirSync(join(home, "outside"));
      writeFileSync(readable, "The lemons are in the cellar.\n");

      const ran = await stage.run({ options: { permissions: level } });
      const told = ran.requests.at(-1)?.messages.map((message) => message.text) ?? [];
      const done: Record<Deed, boolean> = {
        "write inside": existsSync(inside),
        "write outside": existsSync(outside),
        command: existsSync(command),
        "read inside": told.some((each) => each.includes("The lemons are in the cellar.")),
      };
      holdSame(
        deeds.filter((deed) => done[deed]),
        allowed,
        "What was done",
      );
      holdCompleted(ran, "Done.");
      holdSame(ran.result.permissions?.level, level, "The level");
      return ran.result.permissions?.enforcedBy;
    },
  });
}
