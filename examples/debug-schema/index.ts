/**
 * `npm run debug:schema -- -p opencode`: climbs through five schemas of growing difficulty, by each way in which the agent
 * can be asked, and prints what came of it. The model is scripted to give a wrong value first; with `-m` it is a real one,
 * from your own configuration.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { harness, type HarnessError, type OutputRung, type Provider, type RunResult } from "hitch";
import { providers } from "hitch/providers";
import { startMockModel } from "../../packages/hitch/src/testing/index.ts";
import { configure, scriptedModel } from "./configure.ts";
import { debugSchemas, type DebugSchema } from "./schemas.ts";
import { giveWrongThenRight } from "./scripted-model.ts";

const { values } = parseArgs({
  options: { provider: { type: "string", short: "p" }, model: { type: "string", short: "m" } },
});
const provider = providers.find(({ id }) => id === values.provider);
if (provider === undefined) {
  console.error(`Say which agent: npm run debug:schema -- -p <${providers.map(({ id }) => id).join("|")}> [-m MODEL]`);
  process.exitCode = 2;
} else {
  console.log(values.model ? `The model is ${values.model}.` : "The model is scripted to give a wrong value first.");
  for (const [index, debugged] of debugSchemas.entries()) {
    console.log(`\n${index + 1}. ${debugged.name}`);
    for (const rung of provider.capabilities.output.rungs) await climb(provider, rung, debugged);
  }
}

/** One run, asked for by one way. */
async function climb(provider: Provider, rung: OutputRung, debugged: DebugSchema): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "hitch-debug-"));
  await using model = await startMockModel({ script: giveWrongThenRight(debugged) });
  const scripted = values.model === undefined;
  try {
    const outcome = await harness(debugged.prompt, {
      provider: askedBy(provider, rung),
      model: values.model ?? scriptedModel,
      cwd: directory,
      env: scripted ? configure[provider.id]?.(directory, model.baseUrl) : {},
      schema: debugged.schema,
      journal: false,
    }).settled;
    tell(rung, outcome.result ?? outcome.error?.result ?? {}, outcome.error);
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The same agent, asked by this way alone. */
function askedBy(provider: Provider, rung: OutputRung): Provider {
  const output = { ...provider.capabilities.output, rungs: [rung] };
  return { ...provider, capabilities: { ...provider.capabilities, output } };
}

function tell(rung: OutputRung, result: Partial<RunResult>, error: HarnessError | undefined): void {
  const seconds = ((result.durationMs ?? 0) / 1000).toFixed(1);
  const end = error ? `✗ ${error.code}: ${error.message}` : `✓ ${excerpt(JSON.stringify(result.output))}`;
  console.log(`   ${rung.padEnd(6)} ${end}`);
  console.log(`          ${result.turns ?? 0} calls of the model, ${seconds} s`);
  for (const { task, output } of result.attempts ?? []) {
    const how = task === "follow-up" ? "asked again: " : "";
    for (const issue of output?.issues ?? []) console.log(`          ${how}refused: ${excerpt(issue)}`);
    if (output?.via) console.log(`          ${how}accepted by ${output.via}`);
  }
  if (error) process.exitCode = 1;
}

function excerpt(text: string): string {
  return text.length > 90 ? `${text.slice(0, 90)}… (${text.length} characters)` : text;
}
