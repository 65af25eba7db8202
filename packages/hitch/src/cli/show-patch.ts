/** `hitch show --patch`: what a run changed, for `git apply`. */
import { mask } from "../policy/redact-part.ts";
import type { StoredEnd } from "../run/history/stored-run.ts";
import type { Changes } from "../vocabulary/result.ts";
import type { Console } from "./console.ts";
import { toBlock } from "./text/block.ts";
import { toHarmless } from "./text/harmless.ts";

/** Writes the patch alone to stdout; with `--json` all that is known of the changes. Resolves with 1 if they are not known. */
export async function showPatch(console: Console, { run, finish }: StoredEnd): Promise<number> {
  const reason = run.status === "running" ? "it is still running" : `it is ${run.status}`;
  const changes: Changes = finish?.result.changes ?? { source: "unknown", reason, files: [] };
  const { patch } = changes;
  if (console.json) await console.stdout.write(`${JSON.stringify(changes)}\n`);
  // A patch is bytes for a program; only people could be fooled by what commands a terminal.
  else if (patch !== undefined) await console.stdout.write(console.stdout.isTerminal ? toHarmless(patch) : patch);
  if (patch === undefined) {
    const why = changes.reason ?? "the directory is in no Git repository";
    const message = `the patch of run ${run.runId} is not known: ${why}`;
    await console.stderr.write(`${toBlock("hitch: ", message, console.stderr.paper.columns)}\n`);
    return 1;
  }
  if (patch.includes(mask)) {
    const message = `the patch may not apply: secrets in it are kept as ${mask}`;
    await console.stderr.write(`${toBlock("hitch: warning: ", message, console.stderr.paper.columns)}\n`);
  }
  return 0;
}
