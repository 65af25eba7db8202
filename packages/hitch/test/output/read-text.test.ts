import { type } from "arktype";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readText } from "../../src/output/read-text.ts";
import { schemaOf } from "./support.ts";

const bugs = schemaOf(z.object({ bugs: z.array(z.object({ file: z.string(), line: z.int() })) }));
const one = { bugs: [{ file: "a.ts", line: 3 }] };
const json = JSON.stringify(one);
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
    ["in a fence on one line", `The result is ${fence}${json}${fence}.`],
    ["in prose", `I found [one] bug {see below}: ${json} That's "all" :-}`],
    ["as the last in prose", `First {"bugs":[]}, then ${json}`],
    ["after an unclosed bracket of the prose", `a list [of bugs, {x ${json}`],
    ["behind 10,000 braces", `${"{".repeat(10_000)}${json}`],
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
    ["missing brackets at the end", '{"bugs":[{"file":"a.ts","line":3}'],
    ["a bracket too many", '{"bugs":[{"file":"a.ts","line":3,}]}}'],
    ["a number as a string", '{"bugs":[{"file":"a.ts","line":"3"}]}'],
    ["a broken fence", `${fence}json\n{"bugs":[{"file":"a.ts","line":"3",}]}\n${fence}\nThere it is.`],
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

  test("whatever is cut, what is read is a beginning of what was written", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.anything({ maxDepth: 4, values: [fc.integer(), fc.string(), fc.boolean(), fc.constant(null)] }),
        fc.nat(),
        async (value, at) => {
          const whole = [JSON.parse(JSON.stringify({ value })) as unknown];
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

/** Whether each object and list is one of the whole, less members at its end, and none is empty that was not. */
function isBeginning(part: unknown, whole: unknown): boolean {
  if (typeof part !== "object" || typeof whole !== "object" || part === null || whole === null) return part === whole;
  const [some, all] = [Object.entries(part), Object.entries(whole)];
  if (some.length === 0) return all.length === 0;
  return some.every(([key, value], index) => all[index]?.[0] === key && isBeginning(value, all[index][1]));
}

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

  test("the issues are those of the likeliest JSON", async () => {
    const message = `${fence}json\n{"bugs":[{"file":1,"line":2}]}\n${fence}\nSee {"x":1}.`;
    const reading = await readText(message, bugs);
    expect(reading.ok ? [] : reading.issues.map((issue) => issue.path)).toEqual([["bugs", 0, "file"]]);
  });
});

test.each([
  ["braces", "{".repeat(100_000)],
  ["lists in lists", "[".repeat(50_000) + "]".repeat(50_000)],
  ["lists in lists with a slip", `${"[".repeat(50_000)}1${"]".repeat(50_000)},`],
  ["objects in objects, cut", '{"a":'.repeat(20_000)],
  ["pairs", "{}".repeat(50_000)],
  ["stray quotes", `[${'"abc\n'.repeat(20_000)}]`],
  ["quotes in a text", `["${'a"b '.repeat(25_000)}",]`],
  ["spaces", `["a"${" ".repeat(100_000)}x`],
  ["fences", `${fence}\n`.repeat(25_000)],
  ["comment marks", `[1,${"/*".repeat(50_000)}`],
])("100 KB of %s are read at once", { timeout: 5_000 }, async (_, message) => {
  const reading = await readText(message, bugs);
  expect(reading.ok).toBe(false);
});
