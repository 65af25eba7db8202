import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { startMockModel, text, toolCall, type RecordedRequest } from "../../../src/testing/index.ts";
import { loadSubject, subjectNames } from "../../conformance/support/subjects.ts";
import { agentExecutable } from "../../support/agents.ts";
import { git } from "../../support/git.ts";
import { temporaryDirectory } from "../../support/start.ts";

vi.setConfig({ testTimeout: 200_000 });

const example = fileURLToPath(new URL("../../../../../examples/review.ts", import.meta.url));
const subjects = await Promise.all(subjectNames.map(loadSubject));

/** Those that need no more than their name: an agent behind a protocol also needs its command. */
const plain = subjects.filter(({ providerOptions }) => providerOptions === undefined);

const why = "The sum starts at 1.";
const findings = [{ file: "sum.js", line: 1, severity: "bug", why, fix: "let sum = 0;" }];
const value = { findings, verdict: "change first" };

test.each(plain.map((subject) => [subject.provider.id, subject] as const))(
  "examples/review.ts runs unchanged on %s",
  async (provider, subject) => {
    // As deep as on the bench of the conformance suite: a subject may keep a cache beside all of its places.
    const directory = join(temporaryDirectory(), "1");
    const place = { cwd: join(directory, "project"), home: join(directory, "home") };
    for (const path of [...Object.values(place), join(directory, "tmp")]) mkdirSync(path, { recursive: true });
    git(place.cwd, "init", "--quiet");
    writeFileSync(join(place.cwd, "sum.js"), "let sum = 0;\n");
    git(place.cwd, "add", "sum.js");
    git(place.cwd, "commit", "--quiet", "--message=Add a sum");
    writeFileSync(join(place.cwd, "sum.js"), "let sum = 1;\n");

    await using model = await startMockModel({ script: answer });
    const env = {
      ...process.env,
      ...subject.configure(place, model),
      HOME: place.home,
      TMPDIR: join(directory, "tmp"),
      HITCH_STATE_DIR: join(directory, "state"),
      PATH: [dirname(agentExecutable(subject.executable)), dirname(process.execPath), process.env.PATH].join(delimiter),
    };
    const args = [example, `${provider}=${subject.model}`, place.cwd];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });

    expect(stdout).toContain(`sum.js:1  bug: ${why}\n    let sum = 0;\nchange first (${provider}, `);
    expect(model.requests.map(({ lastUserText }) => lastUserText).join()).toContain("+let sum = 1;");
  },
);

/** The value, by the tool that is there for it, else as text; then a last word. */
function answer({ tools, messages }: RecordedRequest) {
  if (messages.at(-1)?.role === "tool") return text("Done.");
  const submit = tools.find((name) => /(submit|structured)_?output$/i.test(name));
  return submit === undefined ? text(JSON.stringify(value)) : toolCall(submit, value);
}
