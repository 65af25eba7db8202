/** What `npm run agents:drift` tells of two versions of an agent. */
import { describe, expect, test } from "vitest";
import { compareVersions, type Seen } from "../../../scripts/drift/compare.ts";
import { shapesOf } from "../../../scripts/drift/shapes.ts";

const none: Seen["shapes"] = new Map();

function seen(lines: readonly object[], more: Partial<Seen> = {}): Seen {
  const cases = { text: { verdict: "completed", told: ["event text", "session"] } };
  const shapes = shapesOf(lines.map((line) => JSON.stringify(line)));
  return { cases, shapes, understood: new Set(["say"]), ...more };
}

function differences(before: Seen, after: Seen, recorded = none): readonly string[] {
  return compareVersions(before, after, recorded).map(({ sign, what }) => `${sign} ${what}`);
}

describe("the shape of a line", () => {
  test.each<[object, string, string[]]>([
    [{ type: "a", text: "x", n: 1, no: null }, "a", ["type: string", "text: string", "n: number", "no: null"]],
    [{ type: "item", item: { type: "call" } }, "item/call", ["type: string", "item.type: string"]],
    [{ type: "result", subtype: "success" }, "result/success", ["type: string", "subtype: string"]],
    [
      { method: "update", params: { update: { sessionUpdate: "plan" } } },
      "update/plan",
      ["method: string", "params.update.sessionUpdate: string"],
    ],
    [{ id: 1, result: {} }, "result", ["id: number"]],
    [{ list: [{ a: 1 }, { b: true }] }, "other", ["list[].a: number", "list[].b: boolean"]],
  ])("%j", (line, kind, fields) => {
    expect([...shapesOf([JSON.stringify(line)])]).toEqual([[kind, new Set(fields)]]);
  });

  test("is no shape of what is not JSON, and lines of a kind have one together", () => {
    expect([...shapesOf(["hello", "3", '{"type":"a","x":1}', '{"type":"a","y":1}'])]).toEqual([
      ["a", new Set(["type: string", "x: number", "y: number"])],
    ]);
  });
});

describe("two versions", () => {
  test.each<[string, object[], object[], string[]]>([
    ["that print the same", [{ type: "say", text: "a" }], [{ type: "say", text: "b" }], []],
    ["a new field", [{ type: "say" }], [{ type: "say", id: 1 }], ["+ say has id: number"]],
    [
      "another type of a field",
      [{ type: "say", id: 1 }],
      [{ type: "say", id: "1" }],
      ["+ say has id: string", "- say has no id: number"],
    ],
    [
      "an object that is gone, by its name alone",
      [{ type: "say", usage: { in: 1, out: 2 } }],
      [{ type: "say" }],
      ["- say has no usage"],
    ],
    [
      "a part of an object",
      [{ type: "say", usage: { in: 1, out: 2 } }],
      [{ type: "say", usage: { in: 1 } }],
      ["- say has no usage.out: number"],
    ],
    ["a new kind of line", [], [{ type: "think", text: "" }], ["+ think is new"]],
    ["fields of a line that nobody reads", [{ type: "log", a: 1 }], [{ type: "log", b: 1 }], []],
    ["a line that nobody reads, gone", [{ type: "log" }], [], ["- log is not printed any more"]],
    ["a line that was understood, gone", [{ type: "say" }], [], ["! say is not printed any more"]],
  ])("%s", (_, before, after, expected) => {
    expect(differences(seen(before), seen(after))).toEqual(expected);
  });

  test("what a transcript has is not new", () => {
    const recorded = shapesOf(['{"type":"think","text":""}', '{"type":"say","id":1}']);
    const after = seen([
      { type: "think", text: "" },
      { type: "say", id: 1 },
    ]);
    expect(differences(seen([{ type: "say" }]), after, recorded)).toEqual([]);
  });

  test("another verdict, and what is not told any more, are losses", () => {
    const cases = { text: { verdict: "protocol", told: ["event text", "event plan"] } };
    expect(differences(seen([]), seen([], { cases }))).toEqual([
      "! text ended with completed, and now with protocol",
      "! text gives no session any more",
    ]);
  });
});
