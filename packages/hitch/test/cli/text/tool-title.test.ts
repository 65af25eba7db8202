import { expect, test } from "vitest";
import { toolLabel, toolTitle } from "../../../src/cli/text/tool-title.ts";

test.each([
  [{ filePath: "/home/me/project/src/a.ts" }, "src/a.ts"],
  [{ path: "/home/me/project-two/a.ts" }, "/home/me/project-two/a.ts"],
  [{ file_path: "a.ts", old_string: "x" }, "a.ts"],
  [{ command: "npm test", description: "Runs the tests" }, "npm test"],
  [{ command: ["bash", "-lc", "ls"] }, "bash -lc ls"],
  [{ pattern: "total", path: "src" }, "total"],
  [{ url: "https://example.com" }, "https://example.com"],
  [{ description: "Find it", prompt: "…" }, "Find it"],
  [{ command: "", path: "a.ts" }, "a.ts"],
  [{ value: { a: 1 } }, ""],
  ["*** Begin Patch", "*** Begin Patch"],
  [undefined, ""],
  [null, ""],
  [[1, 2], ""],
])("%j works on %j", (input, title) => {
  expect(toolTitle({ toolName: "t", kind: "other", input }, "/home/me/project")).toBe(title);
});

test("a tool is called by its kind, or by its name where that says nothing", () => {
  expect(toolLabel({ toolName: "bash", kind: "execute", input: {} })).toBe("execute");
  expect(toolLabel({ toolName: "submit_output", kind: "other", input: {} })).toBe("submit_output");
});
