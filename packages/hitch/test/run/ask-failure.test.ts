import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { defineProvider, type Failure } from "../../src/provider.ts";
import { asObject, parseJson } from "../../src/vocabulary/json.ts";
import { script, scripted, type Step } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";

const known = { message: "The lemons are sour.", status: 429, retryAfterMs: 3_600_000 };

/** An agent that tells what kind of failure it was only when it is asked, by doing these steps. */
function asked(...steps: readonly Step[]) {
  const file = join(temporaryDirectory(), "steps.json");
  writeFileSync(file, script(...steps));
  const read = (stdout: string): Failure | undefined => asObject(parseJson(stdout)) as Failure | undefined;
  return defineProvider({ ...scripted, askFailure: (id) => ({ args: [file, id], read }) });
}

function fail(cwd: string, failure: object): string {
  const session = { type: "session", session: { provider: "scripted", id: "one", cwd } };
  return script({ line: { events: [session] } }, { line: { failure } });
}

const cases = [
  { name: "the agent knows more", steps: [{ line: known }], code: "rate-limited" },
  { name: "its session failed in other words", steps: [{ line: { ...known, message: "No." } }], code: "agent-error" },
  { name: "it does not answer", steps: [{ exit: 1 }], code: "agent-error" },
  { name: "the kind is known", steps: [{ line: known }], status: 500, code: "overloaded" },
];

test.each(cases)("$name: $code", async ({ steps, status, code }) => {
  const cwd = temporaryDirectory();
  const prompt = fail(cwd, { message: known.message, ...(status !== undefined && { status }) });
  const run = start(prompt, { cwd, provider: asked(...(steps as Step[])), retries: { transient: 0 } });
  await expect(run).rejects.toMatchObject({ code, message: known.message });
});
