/** `hitch run`: from the command line to the library and back. */
import { harness } from "../harness.ts";
import { createEventRedactor } from "../policy/event-redaction.ts";
import { providers } from "../providers/index.ts";
import { currentDirectory } from "../run/current-directory.ts";
import type { HarnessOptions } from "../run/options.ts";
import type { HitchEvent } from "../vocabulary/events.ts";
import type { Console } from "./console.ts";
import { isDebugging } from "./debug.ts";
import { readDefaults } from "./defaults.ts";
import { showPlan } from "./dry-run.ts";
import { chooseInstalled } from "./installed.ts";
import { parseJsonFile } from "./json-file.ts";
import { parseMcpConfig } from "./mcp-config.ts";
import { readPrompt } from "./prompt.ts";
import type { RunFlags } from "./run-flags.ts";
import { addExtraArgs, buildOptions } from "./run-options.ts";
import { readText, type TextSources } from "./text-file.ts";

/** Resolves with the exit code. Rejects with a HarnessError if there was no run. */
export async function runCommand(console: Console, argument: string | undefined, flags: RunFlags): Promise<number> {
  const sources: TextSources = { stdin: process.stdin, cancelled: console.interruption.signal };
  const options = await readOptions(flags, sources);
  console.addSecrets(options.env ?? {}, options.mcpServers ?? {});
  const prompt = await readPrompt(argument, flags.file, sources);
  if (flags.dryRun) return showPlan(console, await harness.plan(prompt, options));

  const redactor = createEventRedactor(console.redact);
  const run = harness(prompt, { ...options, signal: console.interruption.signal });
  for await (const event of run) {
    if (isDebugging()) await console.stderr.write(`${debugLine(redactor.redact(event))}\n`);
    await console.show(event);
  }
  await run.settled;
  return 0;
}

async function readOptions(flags: RunFlags, sources: TextSources): Promise<HarnessOptions> {
  const read = (path: string | undefined) => (path === undefined ? undefined : readText(path, "systemPrompt", sources));
  const systemPrompt = await read(flags.systemPromptFile);
  const appendSystemPrompt = await read(flags.appendSystemPromptFile);
  const mcpServers = await readServers(flags.mcpConfig, sources);
  const schema = await readSchema(flags.schema, sources);
  const files = { systemPrompt, appendSystemPrompt, mcpServers, schema };
  const options = buildOptions(flags, readDefaults(process.env), files);
  return addExtraArgs(withInstalledProvider(options), flags.extraArg);
}

async function readServers(path: string | undefined, sources: TextSources): Promise<HarnessOptions["mcpServers"]> {
  return path === undefined ? undefined : parseMcpConfig(path, await readText(path, "mcpServers", sources));
}

async function readSchema(path: string | undefined, sources: TextSources): Promise<HarnessOptions["schema"]> {
  if (path === undefined) return undefined;
  const text = await readText(path, "schema", sources);
  return parseJsonFile("schema", path, text, "Give a file with a JSON Schema.") as HarnessOptions["schema"];
}

/** An executable that was named says nothing about whose it is. */
function withInstalledProvider(options: HarnessOptions): HarnessOptions {
  if (options.provider !== undefined || options.executable !== undefined) return options;
  const path = options.env && "PATH" in options.env ? options.env.PATH : process.env.PATH;
  return { ...options, provider: chooseInstalled(providers, currentDirectory(), path).id };
}

const debugLineLimit = 500;

function debugLine(event: HitchEvent): string {
  const { type, attempt, time, runId: _runId, seq: _seq, ...rest } = event;
  const line = `hitch: debug: ${time} ${attempt} ${type} ${JSON.stringify(rest)}`;
  return line.length > debugLineLimit ? `${line.slice(0, debugLineLimit)}…` : line;
}
