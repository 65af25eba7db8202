/** The commands for runs that are going on or over. */
import type { Command } from "commander";
import type { Console } from "./console.ts";
import { helpColumns, showHelp, tailHelp } from "./help.ts";
import type { ShowFlags } from "./show-command.ts";

const runArgument = "an id, its beginning, or last: the newest";
const liveRunArgument = "an id, its beginning, or last: the newest that is going on";

/** Adds `runs`, `show`, `tail`, `cancel` and `reap`; `end` is given their exit codes. */
export function addStoredRunCommands(program: Command, console: Console, end: (exitCode: number) => void): void {
  program
    .command("runs")
    .description("list the latest runs, the newest first")
    .option("--limit <count>", "how many (default: 20)")
    .option("--json", "one JSON object a line")
    .action(async (flags: { readonly limit?: string }) => {
      const { runsCommand } = await import("./runs-command.ts");
      end(await runsCommand(console, flags));
    });

  program
    .command("show")
    .description("show a run: how it ended, what it said, changed and cost")
    .argument("[run]", `${runArgument} (default)`)
    .option("--events", "its events, one a line; pieces of texts only with --json")
    .option("--patch", "what it changed, for git apply")
    .option("--json", "the run-finish event, the events or the changes as JSON")
    .addHelpText("after", () => showHelp(helpColumns(console)))
    .action(async (run: string | undefined, flags: ShowFlags) => {
      const { showCommand } = await import("./show-command.ts");
      end(await showCommand(console, run, flags));
    });

  program
    .command("tail")
    .description("follow the events of a run until it is over; Ctrl-C leaves the run alone")
    .argument("[run]", `${runArgument} (default)`)
    .option("--json", "events as JSON lines")
    .addHelpText("after", () => tailHelp(helpColumns(console)))
    .action(async (run: string | undefined) => {
      const { tailCommand } = await import("./tail-command.ts");
      end(await tailCommand(console, run));
    });

  program
    .command("cancel")
    .description("end a run, in whatever process, and wait until nothing of it is alive")
    .argument("<run>", liveRunArgument)
    .option("--json", "tell it as one JSON object")
    .action(async (run: string) => {
      const { cancelCommand } = await import("./cancel-command.ts");
      end(await cancelCommand(console, run));
    });

  program
    .command("reap")
    .description("end what is left of runs whose host died")
    .option("--json", "tell it as one JSON object")
    .action(async () => {
      const { reapCommand } = await import("./reap-command.ts");
      end(await reapCommand(console));
    });
}
