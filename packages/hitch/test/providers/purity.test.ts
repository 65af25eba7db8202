import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { providers } from "../../src/providers/index.ts";
import { decodeRecordings, type Recording } from "../fixtures/decode-recordings.ts";
import { listTranscripts, plainRequest, readTranscript } from "../support/transcripts.ts";

const script = join(import.meta.dirname, "..", "fixtures", "empty-context.ts");

const recordings: readonly Recording[] = providers.flatMap(({ id }) =>
  listTranscripts(id).map((name) => {
    const { stdout, stderr, exit } = readTranscript(id, name);
    return { provider: id, request: plainRequest, stdout: stdout.split("\n"), stderr: stderr.split("\n"), exit };
  }),
);

test("providers need nothing but the language, and decode there what they decode here", () => {
  const printed = execFileSync(process.execPath, ["--no-warnings", "--experimental-vm-modules", script], {
    input: JSON.stringify(recordings),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const { globals, decoded } = JSON.parse(printed) as { globals: readonly string[]; decoded: unknown };
  expect(globals).toEqual([]);
  expect(recordings.length).toBeGreaterThan(100);
  expect(decoded).toEqual(JSON.parse(JSON.stringify(decodeRecordings(providers, recordings))));
});

test("decoders of several runs do not know of each other", () => {
  const twice = decodeRecordings(providers, [...recordings, ...recordings]);
  expect(twice.slice(0, recordings.length)).toEqual(twice.slice(recordings.length));
});
