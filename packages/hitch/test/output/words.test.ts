import { describe, expect, test } from "vitest";
import { followUpPrompt, instructionFor } from "../../src/output/instructions.ts";
import { describeIssues } from "../../src/output/issues.ts";

describe("issues in words", () => {
  test.each([
    [["bugs", 0, "line"], "must be integer", "bugs[0].line: must be integer"],
    [[], "no JSON was found", "no JSON was found"],
    [[2], "is odd", "[2]: is odd"],
    [["a b", "0", 'q"'], "two\n  lines", '["a b"]["0"]["q\\""]: two lines'],
    [["__proto__", "größe"], "x", "__proto__.größe: x"],
  ])("%j", (path, message, line) => {
    expect(describeIssues([{ path, message }])).toEqual([line]);
  });

  test("there are at most 20, each said once, and the last line counts the others", () => {
    const issues = Array.from({ length: 25 }, (_, index) => ({ path: [index], message: "is wrong" }));
    const lines = describeIssues([...issues, ...issues]);
    expect(lines).toHaveLength(21);
    expect(lines.slice(19)).toEqual(["[19]: is wrong", "and 5 more"]);
    expect(describeIssues([])).toEqual([]);
  });

  test("long ones are cut, and keep a part of the path and of the message", () => {
    const path = Array.from({ length: 1000 }, () => "deep");
    const [line] = describeIssues([{ path, message: `must ${"😀".repeat(500)}` }]);
    expect(line).toMatch(/^….*\.deep: must .*…$/u);
    expect(line?.length).toBeLessThanOrEqual(300);
    expect(line?.isWellFormed()).toBe(true);
  });
});

describe("what the agent is told", () => {
  const schema = { type: "object", properties: { a: { type: "string" } } };

  test("the text has the schema, the tool's has not", () => {
    expect(instructionFor("text", schema)).toContain(JSON.stringify(schema));
    expect(instructionFor("tool", schema)).not.toContain("properties");
    expect(instructionFor("tool", schema)).toContain("submit_output");
  });

  test.each(["tool", "text"] as const)("a follow-up by %s has the issues and asks for no new work", (rung) => {
    const prompt = followUpPrompt(rung, ["a: must be string", "b: is missing"]);
    expect(prompt).toContain("- a: must be string\n- b: is missing\n");
    expect(prompt).toContain("no new work");
    expect(prompt.includes("submit_output")).toBe(rung === "tool");
  });
});
