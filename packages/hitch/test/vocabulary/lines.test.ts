import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitLines } from "../../src/vocabulary/lines.ts";

function split(chunks: readonly Uint8Array[], capBytes?: number) {
  const splitter = splitLines(capBytes);
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.flush()];
}

function texts(...chunks: readonly string[]): string[] {
  return split(chunks.map((chunk) => Buffer.from(chunk))).map(({ text }) => text);
}

test.each<[string, string[], string[]]>([
  ["a newline", ["a\nb\n"], ["a", "b"]],
  ["no U+2028, U+2029 or U+0085", ["a\u2028b\u2029c\u0085d\n"], ["a\u2028b\u2029c\u0085d"]],
  ["no bare carriage return", ["a\rb\n"], ["a\rb"]],
  ["a newline with a carriage return before it", ["a\r\nb"], ["a", "b"]],
  ["a newline in the next chunk", ["a", "b", "\n", "c\n"], ["ab", "c"]],
  ["empty lines as lines", ["\n\na\n"], ["", "", "a"]],
  ["nothing where there is nothing", ["", ""], []],
  ["a NUL and colours as text", ["a\0\u001b[1mb\n"], ["a\0\u001b[1mb"]],
  ["a byte order mark away", ["\ufeffa\n"], ["a"]],
])("splits at %s", (_, chunks, expected) => {
  expect(texts(...chunks)).toEqual(expected);
});

test("a last line without a newline may be half a line, and says so", () => {
  expect(split([Buffer.from("a\nb")]).map(({ complete }) => complete)).toEqual([true, false]);
});

test("characters survive every chunk edge", () => {
  const bytes = Buffer.from("é€😀\nü\n");
  for (let edge = 0; edge <= bytes.length; edge++) {
    expect(split([bytes.subarray(0, edge), bytes.subarray(edge)]).map(({ text }) => text)).toEqual(["é€😀", "ü"]);
  }
});

test("invalid bytes become U+FFFD and spoil nothing after them", () => {
  expect(split([Buffer.from([0x61, 0xff, 0xc3, 0x0a, 0x62, 0x0a])]).map(({ text }) => text)).toEqual([
    "a\ufffd\ufffd",
    "b",
  ]);
});

describe("a line over the cap", () => {
  test("is cut and marked, and the next one is whole", () => {
    expect(split([Buffer.from("abcdef\ngh\n")], 4)).toEqual([
      { text: "abcd", truncated: true, complete: true },
      { text: "gh", truncated: false, complete: true },
    ]);
  });

  test("is cut across chunks too", () => {
    expect(split([Buffer.from("abc"), Buffer.from("def"), Buffer.from("ghi\nj")], 4).map(({ text }) => text)).toEqual([
      "abcd",
      "j",
    ]);
  });
});

test("a chunk that its owner overwrites later does no harm", () => {
  const splitter = splitLines();
  const chunk = Buffer.from("ab");
  splitter.push(chunk);
  chunk.fill("x");
  expect(splitter.push(Buffer.from("c\n"))).toMatchObject([{ text: "abc" }]);
});

test("whatever the chunks, the lines are those of the whole", () => {
  const bytes = fc.array(fc.oneof(fc.constant(10), fc.integer({ min: 32, max: 126 })), { maxLength: 60 });
  fc.assert(
    fc.property(bytes, fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 60 }), (content, sizes) => {
      const whole = Buffer.from(content);
      const chunks: Uint8Array[] = [];
      let from = 0;
      for (const size of sizes) chunks.push(whole.subarray(from, (from += size)));
      chunks.push(whole.subarray(from));
      const expected = whole.toString().split("\n");
      if (expected.at(-1) === "") expected.pop();
      expect(split(chunks).map(({ text }) => text)).toEqual(expected);
    }),
  );
});
