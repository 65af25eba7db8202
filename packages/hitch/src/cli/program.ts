/** The command line: which commands there are, and what becomes of their errors. */
import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { openConsole, type Console } from "./console.ts";
import { formatItem, generalHelp, helpColumns, runHelp } from "./help.ts";
import { collect } from "./repeatable.ts";
import { runFlags, type Flag, type RunFlags } from "./run-flags.ts";
import { addSetupCommands } from "./setup-commands.ts";
import { addStoredRunCommands } from "./stored-run-commands.ts";
import { toUsageError } from "./usage-error.ts";

/** Runs the command and sets the exit code of the process, which ends by itself when everything is written. */
export async function runCli(argv: readonly string[]): Promise<void> {
  const console = openConsole(asksForJson(argv));
  let exitCode = 0;
  const program = buildProgram(console, (code) => (exitCode = code));
  try {
    if (argv.length === 0) exitCode = await showUsage(program, console);
    else await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) await console.fail(error);
    else if (error.exitCode !== 0) await console.fail(toUsageError(error, argv));
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
    .addHelpText("after", () => generalHelp(helpColumns(console)))
    // Nothing here ends the process, and errors are told in our own form. All of it is inherited by the commands.
    .exitOverride()
    .configureHelp({ formatItem })
    .configureOutput({
      writeOut: (text) => void console.stdout.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => helpColumns(console),
    });

  const run = program
    .command("run")
    .description("run an agent; its answer goes to stdout")
    .argument("[prompt]", "the prompt; without it and --file it is read from stdin")
    .addHelpText("after", () => runHelp(helpColumns(console)))
    .action(async (prompt: string | undefined, flags: RunFlags) => {
      const { runCommand } = await import("./run-command.ts");
      end(await runCommand(console, prompt, flags));
    });
  for (const [heading, flags] of Object.entries(runFlags)) {
    for (const flag of flags) run.addOption(toOption(flag, heading));
  }

  addStoredRunCommands(program, console, end);
  addSetupCommands(program, console, end);
  return program;
}

function toOption({ flags, description, repeatable }: Flag, heading: string): Option {
  const option = new Option(flags, description).helpGroup(heading);
  return repeatable ? option.argParser(collect) : option;
}

/** A call without a command is a wrong call, and stdout is for data. */
async function showUsage(program: Command, console: Console): Promise<number> {
  await console.stderr.write(program.helpInformation() + generalHelp(helpColumns(console)));
  return 2;
}

function readVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
