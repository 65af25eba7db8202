import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJsonc } from "../../src/vocabulary/jsonc.ts";

const texts: readonly { text: string; value: unknown }[] = [
  { text: '{ "a": 1, // one\n "b": [1, 2, ], /* two\n lines */ }', value: { a: 1, b: [1, 2] } },
  { text: '{ "url": "http://x/*y*/", "s": "a\\"//b,}" , }', value: { url: "http://x/*y*/", s: 'a"//b,}' } },
  { text: "[1, /* gap */ ]", value: [1] },
  { text: "\uFEFF{} // end", value: {} },
  { text: '"{env:HOME}"', value: "{env:HOME}" },
];

test.each(texts)("$text", ({ text, value }) => {
  expect(parseJsonc(text)).toEqual(value);
});

test("what is JSON stays what it is", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseJsonc(text)).toEqual(JSON.parse(text));
    }),
  );
});

test.each(["{bad json", "{ /* open }", "[1,,2]", ""])("%j is refused", (text) => {
  expect(() => parseJsonc(text)).toThrow(SyntaxError);
});
