/** The command line: which commands there are, and what becomes of their errors. */
import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { openConsole, type Console } from "./console.ts";
import { generalHelp, runHelp } from "./help.ts";
import { addLookingCommands } from "./looking-commands.ts";
import { runFlags, type Flag, type RunFlags } from "./run-flags.ts";
import { addStoredRunCommands } from "./stored-run-commands.ts";
import { toUsageError } from "./usage-error.ts";

/** Runs the command and sets the exit code of the process, which ends by itself when everything is written. */
export async function runCli(argv: readonly string[]): Promise<void> {
  const console = openConsole(asksForJson(argv));
  let exitCode = 0;
  const program = buildProgram(console, (code) => (exitCode = code));
  try {
    if (argv.length === 0) exitCode = showUsage(program);
    else await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) await console.fail(error);
    else if (error.exitCode !== 0) await console.fail(toUsageError(error, argv[0]));
  }
  process.exitCode = await console.conclude(exitCode);
}

/** Asked before the options are understood, because what is wrong with them is told in that form too. */
export function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end === -1 ? undefined : end).includes("--json");
}

function buildProgram(console: Console, end: (exitCode: number) => void): Command {
  const program = new Command("hitch")
    .description("Run any coding agent as one command.")
    .version(readVersion(), "-V, --version")
    .addHelpText("after", generalHelp)
    // Nothing here ends the process, and errors are told in our own form. Both are inherited by the commands.
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void console.stdout.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => 120,
    });

  const run = program
    .command("run")
    .description("run an agent; its answer goes to stdout")
    .argument("[prompt]", "the prompt; without it and --file it is read from stdin")
    .addHelpText("after", runHelp)
    .action(async (prompt: string | undefined, flags: RunFlags) => {
      const { runCommand } = await import("./run-command.ts");
      end(await runCommand(console, prompt, flags));
    });
  for (const [heading, flags] of Object.entries(runFlags)) {
    for (const flag of flags) run.addOption(toOption(flag, heading));
  }

  program
    .command("reap")
    .description("end what is left of runs whose host died")
    .option("--json", "tell it as one JSON object")
    .action(async () => {
      const { reapCommand } = await import("./reap-command.ts");
      end(await reapCommand(console));
    });
  addStoredRunCommands(program, console, end);
  addLookingCommands(program, console, end);
  return program;
}

function toOption({ flags, description, repeatable, planned }: Flag, heading: string): Option {
  const option = new Option(flags, description).helpGroup(heading).hideHelp(planned === true);
  if (!repeatable) return option;
  return option.argParser<readonly string[]>((value, before: readonly string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);
}

/** A call without a command is a wrong call, and stdout is for data. */
function showUsage(program: Command): number {
  process.stderr.write(program.helpInformation() + generalHelp);
  return 2;
}

function readVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
