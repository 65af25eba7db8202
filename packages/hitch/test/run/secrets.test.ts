/** A run whose agent says a secret everywhere: the caller in process gets it byte for byte, and nothing that is left has it. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Provider } from "../../src/provider.ts";
import type { HarnessOptions } from "../../src/run/options.ts";
import { planRun } from "../../src/run/plan.ts";
import type { HitchEvent } from "../../src/vocabulary/events.ts";
import { filesWith } from "../support/grep.ts";
import { answer, script, scripted, type Step } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";

const secret = 'lib-"73915"-Secret';
const halves = ['lib-"739', '15"-Secret'] as const;
const pieces = ["The key is ", ...halves, ", it is"] as const;
const written = JSON.stringify(secret).slice(1, -1);
const told = /73915|739|Secret/;

const say = (...events: readonly object[]): Step => ({ line: { events } });
const talk: readonly Step[] = [
  { stderr: `stderr has ${secret}\n` },
  say({ type: "session", session: { provider: "scripted", id: secret, cwd: "/home/me/project" } }),
  ...pieces.map((text) => say({ type: "text-delta", id: "a", text })),
  ...halves.map((text) => say({ type: "reasoning-delta", id: "r", text }, { type: "warning", message: "between" })),
  say({
    type: "tool-call",
    toolCallId: "1",
    toolName: secret,
    kind: "read",
    input: { command: [secret], [secret]: 1 },
  }),
  say({ type: "tool-result", toolCallId: "1", output: { json: written, lines: [secret] }, isError: true }),
  say({ type: "file-change", path: `/home/me/${secret}`, change: "create" }),
  say({ type: "plan", entries: [{ content: secret, status: "pending" }] }),
  say({ type: "permission", message: secret }),
  say({ type: "retry", reason: secret }),
  say({ type: "warning", message: secret }),
  { print: `${secret} is no JSON\n` },
];
const wholeText = `The key is ${secret}, it is`;

async function runTalker(end: readonly Step[], key: Readonly<Record<string, string>> = { MY_API_KEY: secret }) {
  const journal = temporaryDirectory();
  const events: HitchEvent[] = [];
  const run = start(script(...talk, ...end), { journal, raw: true, env: key, onEvent: (event) => events.push(event) });
  const outcome = await run.settled;
  const seen: HitchEvent[] = [];
  for await (const event of run) seen.push(event);
  expect(seen).toEqual(events);
  const lines = readFileSync(join(journal, run.id, "events.jsonl"), "utf8")
    .trimEnd()
    .split("\n");
  const stored = lines.map((line) => JSON.parse(line) as HitchEvent);
  expect(stored.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
  const found = [journal, process.env.HITCH_STATE_DIR, process.env.TMPDIR].flatMap((place) =>
    filesWith(place ?? "", told),
  );
  return { outcome, events, stored, found };
}

const textOf = (events: readonly HitchEvent[], type: "text-delta" | "reasoning-delta"): string =>
  events.map((event) => (event.type === type ? event.text : "")).join("");

test.each<[string, string, readonly Step[]]>([
  [
    "succeeds",
    "completed",
    [{ line: { step: true } }, { line: { output: { said: secret } } }, { line: { ended: true } }],
  ],
  [
    "fails",
    "failed",
    [{ line: { failure: { message: `it broke at ${secret}`, code: "authentication" } } }, { exit: 1 }],
  ],
  ["says nothing of how it ended", "failed", [{ print: `{"half":"${written}` }, { exit: 0 }]],
])("a run that %s", async (_, status, end) => {
  const { outcome, events, stored, found } = await runTalker(end);
  expect(outcome.status).toBe(status);
  expect(found).toEqual([]);

  // In process: byte for byte.
  expect((outcome.result ?? outcome.error?.result)?.text).toBe(wholeText);
  expect(textOf(events, "text-delta")).toBe(wholeText);
  expect(textOf(events, "reasoning-delta")).toBe(secret);
  expect(events.map((event) => (event.type === "tool-call" ? event.input : undefined))).toContainEqual({
    command: [secret],
    [secret]: 1,
  });

  // In the journal: as if each text had been redacted in one piece, up to its last letter.
  expect(textOf(stored, "text-delta")).toBe("The key is [redacted], it is");
  expect(textOf(stored, "reasoning-delta")).toBe("[redacted]");
});

test("a text that ends like a secret begins is stored to its end", async () => {
  const end = [say({ type: "text-delta", id: "a", text: ' lib-"73' }), { exit: 0 }];
  const { stored, events } = await runTalker(end, { MY_API_KEY: 'lib-"73915"-Secret' });
  expect(textOf(stored, "text-delta")).toBe('The key is [redacted], it is lib-"73');
  expect(textOf(events, "text-delta")).toBe(`${wholeText} lib-"73`);
});

test("of what a command beside the run says, no cut goes through a secret", async () => {
  const directory = temporaryDirectory();
  const file = join(directory, "prepare.sh");
  const says = `${"x".repeat(490)}"$MY_API_KEY"${"y".repeat(5000)}`;
  writeFileSync(file, `#!/bin/sh\nprintf '%s' ${says} >&2\nexit 1\n`, { mode: 0o755 });
  const provider: Provider = {
    ...scripted,
    agent: { ...scripted.agent, launch: [{ name: file }] },
    prepare: () => [{ key: "k", creates: join(directory, "never"), args: [], env: {} }],
  };
  const run = start(script(), { provider, env: { MY_API_KEY: secret } });
  const { error } = await run.settled;
  const shown = JSON.stringify([error?.message, error?.result.warnings]);
  expect(shown).toContain("xx[redacted]yy");
  expect(shown).not.toMatch(told);
});

test("with a key of one letter every text is stored byte for byte", async () => {
  const { stored, events } = await runTalker([{ line: { step: true } }, { line: { ended: true } }], { KEY: "k" });
  expect(stored).toEqual(JSON.parse(JSON.stringify(events)));
});

test("what a schema makes of a value is stored redacted, and given as it is", async () => {
  const journal = temporaryDirectory();
  const schema = {
    "~standard": {
      version: 1,
      vendor: "x",
      validate: (value: unknown) => ({ value: { link: new URL((value as { readonly link: string }).link) } }),
      jsonSchema: {
        input: () => ({ type: "object", properties: { link: { type: "string" } }, required: ["link"] }),
        output: () => ({}),
      },
    },
  };
  const link = "https://h.example/?k=lib-73915-Secret";
  const env = { MY_API_KEY: "lib-73915-Secret" };
  const file = join(temporaryDirectory(), "steps.json");
  writeFileSync(file, script({ callTool: { arguments: { link } } }, ...answer("Done.")));
  const run = start("Where is it?", { journal, schema, env, providerOptions: { scripted: { extraArgs: [file] } } });
  const { result, error } = await run.settled;
  expect(error).toBe(undefined);
  expect(result?.output).toEqual({ link: new URL(link) });
  const stored = readFileSync(join(journal, run.id, "events.jsonl"), "utf8");
  expect(stored).not.toMatch(told);
  expect(stored).toContain('"output":{"link":"https://h.example/?k=[redacted]"}');
});

test("with keys that are words of Hitch's own a journal says what happened", async () => {
  const journal = temporaryDirectory();
  const env = { SORT_KEY: "completed", END_KEY: "run-finish", START_KEY: "run-start", MY_API_KEY: "scripted" };
  const run = start(script({ line: { text: "It is completed." } }, { line: { ended: true } }), { journal, env });
  await run;
  const lines = readFileSync(join(journal, run.id, "events.jsonl"), "utf8")
    .trimEnd()
    .split("\n");
  const stored = lines.map((line) => JSON.parse(line) as HitchEvent);
  expect(stored[0]).toMatchObject({ type: "run-start", provider: "scripted" });
  expect(stored.at(-1)).toMatchObject({
    type: "run-finish",
    status: "completed",
    result: { provider: "scripted", text: "It is [redacted]." },
  });
});

describe("a plan", () => {
  const plan = (options: HarnessOptions) => {
    const lookup = { find: () => scripted, ids: [scripted.id] };
    return planRun("Why?", { provider: scripted, ...options }, lookup, { env: process.env, cwd: process.cwd() });
  };

  test("that is refused has no secret, not even one that is refused with it", () => {
    const env = { MY_API_KEY: secret };
    const refused = plan({ env, effort: secret, cwd: join(temporaryDirectory(), secret) });
    expect(refused.refusals.map(({ code }) => code)).toContain("unsupported-option");
    expect(JSON.stringify(refused)).toContain("[redacted]");
    expect(JSON.stringify(refused)).not.toMatch(told);
    const wrong = { env: { MY_API_KEY: secret, other: 1 }, effort: secret } as unknown as HarnessOptions;
    expect(JSON.stringify(plan(wrong))).not.toMatch(told);
  });

  test("has none in any part of it", () => {
    const cwd = join(temporaryDirectory(), "lib-73915-Secret");
    mkdirSync(cwd);
    const env = { MY_API_KEY: "lib-73915-Secret", OTHER: "lib-73915-Secret", SORT_KEY: "scripted", A_KEY: "workspace" };
    const planned = plan({ env, cwd, providerOptions: { scripted: { extraArgs: ["--x=lib-73915-Secret"] } } });
    expect(planned.refusals).toEqual([]);
    expect(planned).toMatchObject({ provider: "scripted", permissions: { level: "workspace" } });
    expect(planned.cwd).toMatch(/\[redacted\]$/);
    expect(JSON.stringify(planned)).not.toMatch(told);
  });
});
