/**
 * Reviews what is uncommitted in a repository. The same on every agent; only `provider` changes:
 *
 *     node examples/review.ts codex
 *     node examples/review.ts opencode=anthropic/claude-sonnet-4-5 ../my-repo
 */
import { execFileSync } from "node:child_process";
import { harness } from "hitch";
import { z } from "zod";

const finding = z.object({
  file: z.string(),
  line: z.int().positive(),
  severity: z.enum(["bug", "risk", "style"]),
  why: z.string().describe("One sentence: what goes wrong, and when."),
  fix: z.string().optional().describe("The line as it should be."),
});
const review = z.object({ findings: z.array(finding), verdict: z.enum(["merge", "change first"]) });

const [agent = "opencode", cwd = "."] = process.argv.slice(2);
const [provider = agent, model] = agent.split("=");
// Without commands an agent cannot ask Git itself, so it is told.
const diff = execFileSync("git", ["diff", "HEAD"], { cwd, encoding: "utf8" });

const { output, cost, durationMs } = await harness(
  `Review these uncommitted changes. Read the files around them where the diff is not enough.\n\n${diff}`,
  { provider, model, cwd, permissions: "read-only", schema: review },
);

for (const { file, line, severity, why, fix } of output.findings) {
  console.log(`${file}:${line}  ${severity}: ${why}${fix === undefined ? "" : `\n    ${fix}`}`);
}
console.log(`${output.verdict} (${provider}, ${Math.round(durationMs / 1000)} s, ${cost.usd?.toFixed(4) ?? "?"} $)`);
