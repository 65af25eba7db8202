/** One real call of the model, as small as can be: the only proof that a login works. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Provider } from "../../provider.ts";
import type { Cost } from "../../vocabulary/usage.ts";
import { mergeOptions, type HarnessOptions } from "../options.ts";
import type { Surroundings } from "../resolve.ts";
import { startRun } from "../run.ts";
import { ok, problem, type Finding } from "./finding.ts";
import { formatSeconds } from "./format.ts";

/** What the call gave; its journal is kept under the id. */
export interface Probe {
  readonly runId: string;
  readonly text?: string;
  readonly durationMs?: number;
  readonly cost?: Cost;
}

const prompt = "Reply with the word OK.";

const always: HarnessOptions = { permissions: "read-only", retries: { transient: 0 } };

/** Longest time for the call, in milliseconds, unless the options say otherwise. */
const limitMs = 120_000;

/** Runs it in `options.cwd`, else in an empty directory that is removed afterwards. */
export async function probe(
  provider: Provider,
  options: HarnessOptions,
  surroundings: Surroundings,
): Promise<{ readonly probe: Probe; readonly finding: Finding }> {
  const empty = options.cwd === undefined ? await mkdtemp(join(tmpdir(), "hitch-probe-")) : undefined;
  try {
    // Either would change the answer.
    const { schema: _schema, systemPrompt: _systemPrompt, ...rest } = options;
    const asked = mergeOptions({ timeouts: { total: limitMs } }, mergeOptions(rest, { ...always, cwd: empty }));
    const run = startRun(prompt, asked, { find: () => provider, ids: [provider.id] }, surroundings);
    const { result, error } = await run.settled;
    const { text, durationMs, cost } = result ?? error?.result ?? {};
    const found: Probe = {
      runId: run.id,
      ...(text !== undefined && { text }),
      ...(durationMs !== undefined && { durationMs }),
      ...(cost && { cost }),
    };
    if (error) {
      const { code, message, hint } = error;
      return { probe: found, finding: problem("probe", { code, message: `${code}: ${message}`, hint }) };
    }
    return { probe: found, finding: ok("probe", describe(found)) };
  } finally {
    if (empty !== undefined) await rm(empty, { recursive: true, force: true, maxRetries: 3 });
  }
}

const shownTextLength = 60;

function describe({ text = "", durationMs = 0, cost }: Probe): string {
  const shown = text.length > shownTextLength ? `${text.slice(0, shownTextLength)}…` : text;
  const price = cost?.usd === undefined ? "cost unknown" : `$${cost.usd.toFixed(6).replace(/0{1,4}$/, "")}`;
  return `${JSON.stringify(shown)} in ${formatSeconds(durationMs)}, ${price}`;
}
