/** `hitch runs`: the stored runs, the newest first. */
import { storedRunFields } from "../policy/own-fields.ts";
import { redactAround } from "../policy/redaction.ts";
import { listRunIds } from "../run/history/find-run.ts";
import { readStoredRuns } from "../run/history/stored-run.ts";
import { openStateOrRefuse } from "../run/storage.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { Console } from "./console.ts";
import { homeOf } from "./home.ts";
import { formatRuns } from "./runs-table.ts";

const defaultLimit = 20;

/** Resolves with 0. With `--json` one object a line. */
export async function runsCommand(console: Console, flags: { readonly limit?: string }): Promise<number> {
  const limit = readLimit(flags.limit);
  const state = openStateOrRefuse(process.env);
  const ids = listRunIds(state).slice(0, limit);
  const runs = redactAround(await readStoredRuns(state, ids), console.redact, storedRunFields);
  if (console.json) {
    for (const run of runs) await console.stdout.write(`${JSON.stringify(run)}\n`);
    return 0;
  }
  if (runs.length === 0) {
    await console.stderr.write("hitch: there are no runs yet\n");
    return 0;
  }
  const place = { ...console.stdout.paper, nowMs: Date.now(), home: homeOf(process.env) };
  for (const line of formatRuns(runs, place)) await console.stdout.write(`${line}\n`);
  return 0;
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return defaultLimit;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  const message = `--limit: ${JSON.stringify(text)} is no count of runs`;
  const hint = "Give a whole number from 1 on.";
  throw new HarnessError({ code: "invalid-options", option: "limit", reason: "wrong-value", message, hint });
}
