import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { followLines, readEnds, readLines } from "../../src/effects/stored-journal.ts";
import { temporaryDirectory } from "../support/start.ts";

function makeFile(text: string | Uint8Array): string {
  const path = join(temporaryDirectory(), "events.jsonl");
  writeFileSync(path, text);
  return path;
}

const long = (letter: string): string => letter.repeat(300_000);

describe("the ends of a journal", () => {
  test.each<readonly [string, string, string | undefined, string | undefined]>([
    ["nothing", "", undefined, undefined],
    ["one line", "a\n", "a", "a"],
    ["two lines", "a\nb\n", "a", "b"],
    ["half a line alone", "a", undefined, undefined],
    ["half a line behind a whole one", "a\nhalf", "a", "a"],
    ["half a line behind two", "a\nb\nhalf", "a", "b"],
    ["long lines", `${long("a")}\n${long("b")}\n${long("€")}\n`, long("a"), long("€")],
    ["a long half line", `a\nb\n${long("c")}`, "a", "b"],
    ["one long line and a long half one", `${long("a")}\n${long("b")}`, long("a"), long("a")],
    ["a line that fills a piece to the byte", `a\n${"b".repeat(65_534)}\n`, "a", "b".repeat(65_534)],
    ["a line of a piece's length", `a\n${"b".repeat(65_535)}\n`, "a", "b".repeat(65_535)],
  ])("%s", async (_, text, first, last) => {
    expect(await readEnds(makeFile(text))).toMatchObject({ first, last });
  });

  test("no journal", async () => {
    expect(await readEnds(join(temporaryDirectory(), "none", "events.jsonl"))).toBeUndefined();
  });
});

test("only whole lines are read", async () => {
  const lines: string[] = [];
  for await (const line of readLines(makeFile(`a\n${long("b")}\nhalf`))) lines.push(line);
  expect(lines).toEqual(["a", long("b")]);
});

describe("following", () => {
  test("each line comes once, however it is written, and a half one is waited for", async () => {
    const bytes = Buffer.from(Array.from({ length: 300 }, (_, index) => `${index} €😀\u2028\n`).join(""));
    const path = makeFile(bytes.subarray(0, 5));
    const seen: string[] = [];
    const writing = (async () => {
      // Cuts lines and characters anywhere.
      for (let from = 5; from < bytes.length; from += 23) {
        appendFileSync(path, bytes.subarray(from, from + 23));
        if (from % 5 === 0) await sleep(1);
      }
    })();
    for await (const line of followLines(path, AbortSignal.timeout(20_000))) {
      if (line !== undefined) seen.push(line);
      if (seen.length === 300) break;
    }
    await writing;
    expect(seen).toEqual(Array.from({ length: 300 }, (_, index) => `${index} €😀\u2028`));
  });

  test("silence is told, again and again, and the signal ends it", async () => {
    const stop = new AbortController();
    const seen: (string | undefined)[] = [];
    for await (const line of followLines(makeFile("a\nhalf"), stop.signal)) {
      seen.push(line);
      if (seen.length === 3) stop.abort();
    }
    expect(seen).toEqual(["a", undefined, undefined]);
  });

  test("a signal that has aborted already gives nothing", async () => {
    for await (const line of followLines(makeFile("a\n"), AbortSignal.abort())) expect(line).toBe("never");
    expect.assertions(0);
  });
});
