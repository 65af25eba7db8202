import { type } from "arktype";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readText } from "../../src/output/read-text.ts";
import { schemaOf } from "./support.ts";

const bugs = schemaOf(z.object({ bugs: z.array(z.object({ file: z.string(), line: z.int() })) }));
const one = { bugs: [{ file: "a.ts", line: 3 }] };
const json = JSON.stringify(one);
const pretty = JSON.stringify(one, null, 2);
const fence = "```";

describe("the value is found", () => {
  test.each([
    ["bare", json],
    ["with a byte order mark and white space", `\uFEFF \r\n${json}\n`],
    ["in a fence", `${fence}json\n${json}\n${fence}`],
    ["in a fence of Windows", `Done.\r\n${fence}json\r\n${json}\r\n${fence}\r\n`],
    ["in a fence with another mark, inside of a quotation", `> ~~~~ result\n${json}\n~~~~`],
    ["in a fence that is left open", `Here:\n${fence}\n${json}\n`],
    ["in the last fence", `${fence}json\n{"bugs":[]}\n${fence}\nNo, better:\n${fence}json\n${json}\n${fence}`],
    ["in the fence that fits", `${fence}json\n${json}\n${fence}\nI ran:\n${fence}sh\nnpm test\n${fence}`],
    ["in a fence that closes with more backticks", `${fence}json\n${json}\n${fence}\`\`\nI ran [it].`],
    ["in a fence on one line", `The result: ${fence}json ${json}${fence}.`],
    ["in backticks", `**Result:** \`${json}\``],
    ["at a line's end", `Here is the result: ${json}`],
    ["at a line's end, emphasized", `**Result:** ${json}.`],
    ["in prose", `I found [one] bug {see below}: ${json}\nThat's "all" :-}`],
    [
      "over several lines",
      `## Result [1]\r\n\r\n${pretty.replaceAll("\n", "\r\n")}\r\n\r\nI ran \`npm test\` [twice].`,
    ],
    ["after a comment in a fence", `Done.\n${fence}jsonc\n// The result.\n${json}\n${fence}\nBye`],
    ["beside code", `${fence}ts\nfunction main() {\n${fence}\n${json}\n${fence}ts\n[}\n${fence}`],
    ["as the last in prose", `First:\n{"bugs":[{"file":"b.ts","line":1}]}\nThen:\n${json}`],
    ["as the one in prose that fits", `${json}\nI ran: {"script":"test"}\nDone.`],
    ["after an unclosed bracket of the prose", `a list [of bugs, {x\n${json}`],
    ["behind 10,000 braces", `${"{".repeat(10_000)}\n${json}`],
    ["beside the echoed schema", `For ${JSON.stringify(bugs.json)}:\n${json}`],
  ])("%s", async (_, message) => {
    expect(await readText(message, bugs)).toEqual({ ok: true, via: "text", value: one });
  });

  test.each([
    ["text", z.string(), '"hello {"', "hello {"],
    ["number", z.number(), " 4.5\n", 4.5],
    ["null", z.null(), "null", null],
    ["list", z.array(z.int()), "Here you go: [1, 2]", [1, 2]],
    ["fenced scalar", z.boolean(), `${fence}\ntrue\n${fence}`, true],
    ["union", z.union([z.object({ a: z.int() }), z.object({ b: z.string() })]), '{"b":"x"}', { b: "x" }],
    ["record", z.record(z.string(), z.int()), '{"a b":1}', { "a b": 1 }],
    ["transform", z.object({ n: z.string().transform(Number) }), '{"n":"5"}', { n: 5 }],
    ["ArkType", type({ "n?": "number" }), '{"n":5}', { n: 5 }],
  ])("at the root: %s", async (_, schema, message, value) => {
    expect(await readText(message, schemaOf(schema))).toEqual({ ok: true, via: "text", value });
  });

  test("with 100 KB and `__proto__`", async () => {
    const rows = Array.from({ length: 2000 }, (_, index) => ({ file: `src/${index}.ts`, line: index, why: "{[\"'" }));
    const message = `Done.\n${JSON.stringify({ bugs: rows }, null, 1)}\nBye`;
    expect(message.length).toBeGreaterThan(100_000);
    const reading = await readText(message, schemaOf({ type: "object", required: ["bugs"] }));
    expect(reading).toEqual({ ok: true, via: "text", value: { bugs: rows } });

    const hostile = await readText('{"__proto__":{"admin":true}}', schemaOf({ type: "object" }));
    expect(hostile.ok && Object.keys(hostile.value as object)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });
});

describe("the value is found after repair", () => {
  test.each([
    ["a trailing comma", '{"bugs":[{"file":"a.ts","line":3,},],}'],
    ["single quotes and Python's comma", "{'bugs': [{'file': 'a.ts', 'line': 3}],}"],
    ["bare keys and comments", '{bugs: [{file: "a.ts", /* there */ line: 3}] // all\n}'],
    ["typographic quotes", "{“bugs”: [{“file”: “a.ts”, ‘line’: 3}]}"],
    ["missing commas", '{"bugs":[{"file":"a.ts"\n"line":3}]}'],
    ["a missing bracket inside", '{"bugs":[{"file":"a.ts","line":3}}'],
    ["a missing brace at the end", '{"bugs":[{"file":"a.ts","line":3}]'],
    ["a bracket too many", '{"bugs":[{"file":"a.ts","line":3,}]}}'],
    ["a number as a string", '{"bugs":[{"file":"a.ts","line":"3"}]}'],
    ["a broken fence", `${fence}json\n{"bugs":[{"file":"a.ts","line":"3",}]}\n${fence}\nThere it is.`],
    ["a bracket too many, in prose", 'So: {"bugs":[{"file":"a.ts","line":3}]}]}'],
    ["prose before an open end", 'So [as I said]: {"bugs":[{"file":"a.ts","line":3}]'],
  ])("%s", async (_, message) => {
    expect(await readText(message, bugs)).toEqual({ ok: true, via: "repair", value: one });
  });

  test.each([
    ['{"t": "she said "hi" and "ho"", }', 'she said "hi" and "ho"'],
    ['{"t": "she said "hi", and left",}', 'she said "hi", and left'],
    ['{"t": "two\nlines\tand [a bracket",}', "two\nlines\tand [a bracket"],
    [String.raw`{"t": "\d+\.ts \u00e9 \u12",}`, String.raw`\d+\.ts é \u12`],
    ["{'t': 'it's \"fine\"'}", 'it\'s "fine"'],
  ])("a text keeps its words: %s", async (message, t) => {
    expect(await readText(message, schemaOf(z.object({ t: z.string() })))).toEqual({
      ok: true,
      via: "repair",
      value: { t },
    });
  });

  test("strings become what is written in them only where the schema wants that", async () => {
    const schema = schemaOf(
      z.object({
        a: z.number(),
        b: z.boolean().nullable(),
        c: z.null(),
        zip: z.string(),
        ["d e"]: z.array(z.number()),
      }),
    );
    const message = '{"a":"-1.5e2","b":"true","c":"null","zip":"01234","d e":["1","2"]}';
    const value = { a: -150, b: true, c: null, zip: "01234", "d e": [1, 2] };
    expect(await readText(message, schema)).toEqual({ ok: true, via: "repair", value });
    expect(await readText('"5"', schemaOf(z.number()))).toEqual({ ok: true, via: "repair", value: 5 });
  });

  test.each(["05", " 5", "1e999", "12345678901234567890", "five", ""])("%j is no number", async (text) => {
    const reading = await readText(JSON.stringify({ n: text }), schemaOf(z.object({ n: z.number() })));
    expect(reading.ok ? reading : reading.issues[0]?.path).toEqual(["n"]);
  });
});

describe("nothing is invented", () => {
  const anything = schemaOf({ type: ["object", "array"] });

  test.each([
    ...[
      '{"a":"x',
      '{"a":12',
      '{"a":tru',
      '{"a":',
      '{"a"',
      '{"a',
      '{"a":1,',
      "[",
      '{"a":["x",',
      '{"a":"x\\',
      "{'a': 'x}",
    ],
    ...[
      '{"bugs": ["a.ts: wrong", "b.ts: wrong"',
      '[{"file":"a"},{"file":"b"},{"file":"c"',
      '[{"file":"a"},{"file":"b"}',
    ],
    ...[
      '{"a":[true',
      '{"a":[{"b":true}',
      '{"a":{"b":[[1]',
      "['x'",
      "[\n// all\n{'a':1},\n{'a':2}",
      "[True,\n{'a':1}\n",
    ],
    ...['{"a":{"b":1},"c":[{"d":2},{"e', '[{"name":"x","kids":[{"name":"y","kids":[]},{"na'],
    ...['```json\n{"a": [1, 2', 'Here: {"a": "x}'],
  ])("a cut end: %s", async (message) => {
    expect(await readText(message, anything)).toEqual({
      ok: false,
      issues: [{ path: [], message: "the JSON is cut off: it ends before it is complete" }],
    });
  });

  test.each([
    ...["[1, 2, ...]", "[1, 2, …]", '{"a": {...}}', "[1, /* and 20 more */]", "[1, // ... the rest\n]", '{"a": }'],
    ...[
      '{"a" 1}',
      "[1,,2]",
      "[,]",
      '{"a": undefined}',
      '{"a": NaN}',
      "[hello world]",
      '{"a": -}',
      '{"a": 2.}',
      '{"a": [}',
    ],
  ])("something left out: %s", async (message) => {
    const reading = await readText(message, anything);
    expect(reading.ok ? reading : reading.issues[0]?.message).toContain("the JSON cannot be read");
  });

  test("whatever is cut, what is read lacks at most the last members of objects", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.anything({ maxDepth: 4, values: [fc.integer(), fc.string(), fc.boolean(), fc.constant(null)] }),
        fc.nat(),
        async (value, at) => {
          const whole = JSON.parse(JSON.stringify({ value, last: 1 })) as unknown;
          const text = JSON.stringify(whole);
          const reading = await readText(text.slice(0, at % text.length), anything);
          if (reading.ok) expect(isBeginning(reading.value, whole)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("whatever is JSON stays what it is when it is repaired", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 4 }), async (text) => {
        const value: unknown = JSON.parse(text);
        const reading = await readText(`{"value": ${text},}`, anything);
        expect(reading).toEqual({ ok: true, via: "repair", value: { value } });
      }),
      { numRuns: 2000 },
    );
  });
});

/** Whether each object is one of the whole, less members at its end, and none is empty that was not. */
function isBeginning(part: unknown, whole: unknown): boolean {
  if (typeof part !== "object" || typeof whole !== "object" || part === null || whole === null) return part === whole;
  const [some, all] = [Object.entries(part), Object.entries(whole)];
  if (some.length === 0 || Array.isArray(part)) {
    if (some.length !== all.length) return false;
  }
  return some.every(([key, value], index) => all[index]?.[0] === key && isBeginning(value, all[index][1]));
}

describe("a bracket in prose is no value", () => {
  const files = z.array(z.object({ file: z.string() }));
  const defaults = z.object({ bugs: z.array(z.string()).default([]) });
  const empty = "an empty object or list counts only when nothing else is written beside it";

  test.each([
    ["the name of a list", files, "The tool does not take my `bugs[]`; I stop."],
    ["a parameter", files, "`main(String[] args)` does not compile, so no list can be given."],
    ["an empty function", defaults, "function main() {}"],
    ["an empty function in a fence", defaults, `It is\n${fence}js\nfunction main() {}\n${fence}`],
    ["a citation", z.array(z.int()), "The paper says [1]\nI give up."],
    ["a citation before text", z.array(z.int()), "[1] says it all.\nI give up."],
    ["a link", z.array(z.int()), "I give up.\n[1]: https://example.com"],
    ["a task", z.array(z.any()), "To do:\n- [1] this\n- [ ] that"],
    ["a value within a sentence", z.array(z.int()), "The list: [1] was all that I got."],
    ["a value within code", z.array(z.int()), `I tried:\n${fence}ts\nconst x =\n[1]\n${fence}\nI give up.`],
    ["a value within code that is left open", z.array(z.int()), `I tried:\n~~~python\nx =\n[1]`],
    ["a broken value within a sentence", files, 'I called f([{"file": "a.ts",}]) and stop.'],
    ["an open value within a sentence", z.object({ a: z.string() }), 'I called f({"a": "x"'],
  ])("%s", async (_, schema, message) => {
    const reading = await readText(message, schemaOf(schema));
    expect(reading.ok ? reading.value : reading.issues[0]?.message).toMatch(
      /^(no JSON was found|the JSON cannot be read)/,
    );
  });

  test.each([
    ["after a colon", files, "The result: []"],
    ["alone on its line", defaults, "I stop.\n{}"],
    ["with a slip", files, "I stop.\n[ // none\n]"],
    ["with a bracket too many", files, "I stop.\n[]]"],
  ])("nor is an empty one %s", async (_, schema, message) => {
    expect(await readText(message, schemaOf(schema))).toEqual({ ok: false, issues: [{ path: [], message: empty }] });
  });

  test.each(["[]", `None.\n${fence}\n[]\n${fence}`, `None.\n${fence}json\n[]\n${fence}`])(
    "%j is an empty list",
    async (message) => {
      expect(await readText(message, schemaOf(files))).toEqual({ ok: true, via: "text", value: [] });
    },
  );
});

test("of many values in one message only the last 50 are tried", async () => {
  const schema = schemaOf(z.object({ n: z.literal(0) }));
  const message = (count: number): string => Array.from({ length: count }, (_, n) => `{"n":${n}}`).join("\n\n");
  expect(await readText(message(50), schema)).toEqual({ ok: true, via: "text", value: { n: 0 } });
  expect((await readText(message(51), schema)).ok).toBe(false);
});

describe("no value is said in words", () => {
  test.each([
    ["I could not do it.", "no JSON was found"],
    ["", "no JSON was found"],
    [JSON.stringify(bugs.json), "this is the JSON Schema itself, not a value that fits it"],
    [
      `${fence}\n${JSON.stringify(bugs.json, null, 2)}\n${fence}`,
      "this is the JSON Schema itself, not a value that fits it",
    ],
    ['{"bugs" = []}', "the JSON cannot be read: "],
  ])("%j", async (message, words) => {
    const reading = await readText(message, bugs);
    expect(reading.ok ? [] : reading.issues.map((issue) => issue.message)).toEqual([expect.stringContaining(words)]);
  });

  test("the schema in the words that the model got is none either", async () => {
    const schema = schemaOf({ $id: "https://example.com/any", type: "object" });
    for (const message of ['{"type":"object"}', 'It is:\n{"type":"object",}']) {
      const reading = await readText(message, schema, { type: "object" });
      expect(reading.ok ? [] : reading.issues).toEqual([
        { path: [], message: "this is the JSON Schema itself, not a value that fits it" },
      ]);
    }
    expect((await readText('{"type":"array"}', schema, { type: "object" })).ok).toBe(true);
  });

  test("a value that is too deep to mend says what does not fit", async () => {
    const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
    const schema = schemaOf({ type: "object", properties: { n: { type: "number" } } });
    const reading = await readText(`{"n":"5","deep":${deep}}`, schema);
    expect(reading.ok ? [] : reading.issues.map((issue) => issue.path)).toEqual([["n"]]);
  });

  test("the issues are those of the likeliest JSON", async () => {
    const message = `${fence}json\n{"bugs":[{"file":1,"line":2}]}\n${fence}\nSee:\n{"x":1}.`;
    const reading = await readText(message, bugs);
    expect(reading.ok ? [] : reading.issues.map((issue) => issue.path)).toEqual([["bugs", 0, "file"]]);
  });
});

test.each([
  ["braces", "{".repeat(200_000)],
  ["lists in lists", "[".repeat(100_000) + "]".repeat(100_000)],
  ["lists in lists with a slip", `${"[".repeat(100_000)}1${"]".repeat(100_000)},`],
  ["objects in objects, cut", '{"a":'.repeat(40_000)],
  ["pairs", "{}".repeat(100_000)],
  ["pairs on lines", "{}\n".repeat(66_000)],
  ["wrong values on lines", '{"a":1}\n'.repeat(25_000)],
  ["broken values on lines", "{'a':1}\n".repeat(25_000)],
  ["pairs far apart", `{}${" ".repeat(400)}`.repeat(500)],
  ["pairs in backticks", "`{}` ".repeat(40_000)],
  ["stray quotes", `[${'"abc\n'.repeat(40_000)}]`],
  ["quotes in a text", `["${'a"b '.repeat(50_000)}",]`],
  ["quotes without a bracket", `{${'" '.repeat(100_000)}`],
  ["backslashes", `["${"\\".repeat(200_000)}`],
  ["spaces", `["a"${" ".repeat(200_000)}x`],
  ["spaces after a value", `x\n["a"]${" ".repeat(200_000)}x`],
  ["spaces before a value", `x${" ".repeat(200_000)}["a"]`],
  ["letters after a bracket", `{${"a".repeat(200_000)}`],
  ["commas and letters", `["${'",a'.repeat(66_000)}`],
  ["emphasis before a value", `x${"*".repeat(200_000)}[1]`],
  ["fences", `${fence}\n`.repeat(50_000)],
  ["fences with values", `${fence}\n{'a':1}\n${fence}\n`.repeat(12_000)],
  ["fences that grow", Array.from({ length: 620 }, (_, length) => "`".repeat(length + 3)).join("\n")],
  ["fences that shrink", Array.from({ length: 620 }, (_, length) => "~".repeat(625 - length)).join("\n")],
  ["fences of code", `${fence}ts\n{\n${fence}\n`.repeat(15_000)],
  ["backticks, a text and a backtick", `${"`".repeat(200_000)}a\``],
  ["quotation marks", `${">".repeat(200_000)}a`],
  ["comment marks", `[1,${"/*".repeat(100_000)}`],
])("200 KB of %s are read at once", { timeout: 5_000 }, async (_, message) => {
  const reading = await readText(message, bugs);
  expect(reading.ok).toBe(false);
});

test("a string of 20 MB is found", { timeout: 30_000 }, async () => {
  const value = { text: String.raw`a"\{`.repeat(4_000_000) };
  const reading = await readText(`Result:\n${JSON.stringify(value)}`, schemaOf({ type: "object" }));
  expect(reading.ok && (reading.value as typeof value).text === value.text).toBe(true);
});
