/** The commands for setting up: which agents there are, what keeps them from running, and what completes the words of a shell. */
import { Argument, type Command } from "commander";
import type { Console } from "./console.ts";
import type { DoctorFlags } from "./doctor-command.ts";
import { doctorHelp, helpColumns } from "./help.ts";
import { shells, type Shell } from "./completion/shells.ts";
import { HarnessError } from "../vocabulary/error.ts";
import { collect } from "./repeatable.ts";

/** Adds `providers`, `doctor` and `completion`; `end` hears the exit code. */
export function addSetupCommands(program: Command, console: Console, end: (exitCode: number) => void): void {
  program
    .command("providers")
    .description("list the agents that Hitch can run, and what they can do")
    .option("--json", "one JSON object a line")
    .action(async () => {
      const { providersCommand } = await import("./providers-command.ts");
      end(await providersCommand(console));
    });

  program
    .command("doctor")
    .description("find out what keeps agents from running here")
    .option("-p, --provider <id>", "look at this one; may be repeated (default: all)", collect)
    .option("-m, --model <id>", "the model that it is to use")
    .option("-C, --cwd <directory>", "where it is to work (default: here)")
    .option("--probe", "ask each agent for one word: a real, small call of its model")
    .option("--json", "tell it as one JSON object")
    .addHelpText("after", () => doctorHelp(helpColumns(console)))
    .action(async (flags: DoctorFlags) => {
      const { doctorCommand } = await import("./doctor-command.ts");
      end(await doctorCommand(console, flags));
    });

  program
    .command("completion")
    .description("print what makes a shell complete hitch's commands and options")
    .addArgument(new Argument("<shell>", "which one").choices(shells).argParser(readShell))
    .option("--json", "the script as a field of one JSON object")
    .action(async (shell: Shell) => {
      const { completionCommand } = await import("./completion-command.ts");
      end(await completionCommand(console, program, shell));
    });
}

/** The parser's own refusal speaks its own words. */
function readShell(text: string): Shell {
  const shell = shells.find((each) => each === text);
  if (shell !== undefined) return shell;
  const message = `shell: ${JSON.stringify(text)} is not one of ${shells.join(", ")}`;
  throw new HarnessError({ code: "invalid-options", option: "shell", reason: "unknown-value", message });
}
