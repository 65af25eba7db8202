/** The agent's own tools: what they do is done, and told. */
import { join } from "node:path";
import type { HitchEvent } from "../../vocabulary/events.ts";
import { fault, text } from "../mock-model/turns.ts";
import { defineBehaviour, hold, holdSame } from "./behaviour.ts";
import { contentOf } from "./files.ts";
import { holdCompleted, type Ran } from "./ran.ts";

export const toolBehaviours = [
  defineBehaviour({
    id: "tool-write",
    title: "writes a file with its tool, and says so",
    required: true,
    async prove(bench) {
      const { calls } = bench.subject;
      await using stage = await bench.stage({
        turns: (_, index) => (index === 0 ? calls.write(path, "Noted.") : text("Done.")),
      });
      const path = join(stage.place.cwd, "note.txt");
      const ran = await stage.run();
      holdCompleted(ran, "Done.");
      // Some agents write by patches, which consist of whole lines.
      holdSame(contentOf(path).trimEnd(), "Noted.", "The file's content");
      holdTold(ran);
      const { files = [] } = ran.result.changes ?? {};
      hold(
        files.some((file) => file.path === path),
        "The changes of the run should name the file",
        files,
      );
    },
  }),
  defineBehaviour({
    id: "tool-shell",
    title: "runs a command with its tool, in the run's directory",
    required: true,
    async prove(bench) {
      await using stage = await bench.stage({ turns: [bench.subject.calls.shell("pwd > where.txt"), text("Done.")] });
      const ran = await stage.run();
      holdCompleted(ran, "Done.");
      holdSame(contentOf(join(stage.place.cwd, "where.txt")), `${stage.place.cwd}\n`, "The command's directory");
      holdTold(ran);
      hold(ran.result.turns === 2, "The run should have two turns", ran.result.turns);
    },
  }),
  defineBehaviour({
    id: "tools-without-text",
    title: "completes after work without a final text, with a warning",
    async prove(bench) {
      const ran = await bench.run({ turns: [bench.subject.calls.shell("true"), fault("empty")] });
      holdCompleted(ran, "");
      hold((ran.result.warnings ?? []).length > 0, "There should be a warning");
    },
  }),
];

/** Checks that each tool call has one result, and that it went well. */
function holdTold({ events }: Ran): void {
  const called = events.filter((event): event is ToolCallEvent => event.type === "tool-call");
  hold(called.length === 1, "There should be one tool-call", called);
  const results = events.filter((event): event is ToolResultEvent => event.type === "tool-result");
  hold(results.length === 1 && results[0]?.toolCallId === called[0]?.toolCallId, "It should have one result", results);
  hold(results[0]?.isError === false, "The tool should have gone well", results);
}

type ToolCallEvent = Extract<HitchEvent, { type: "tool-call" }>;
type ToolResultEvent = Extract<HitchEvent, { type: "tool-result" }>;
