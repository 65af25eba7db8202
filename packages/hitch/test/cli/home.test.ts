import { expect, test } from "vitest";
import { homeOf, withTilde } from "../../src/cli/home.ts";

test("the home directory is HOME, if that says something", () => {
  expect(homeOf({ HOME: "/home/me" })).toBe("/home/me");
  expect(homeOf({ HOME: "" })).toMatch(/^\//);
});

test.each([
  ["/home/me", "~"],
  ["/home/me/project", "~/project"],
  ["/home/mett", "/home/mett"],
])("%s is shown as %s", (path, text) => expect(withTilde(path, "/home/me")).toBe(text));
