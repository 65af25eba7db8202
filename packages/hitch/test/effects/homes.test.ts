import { userInfo } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { findHomes } from "../../src/effects/homes.ts";

test("the home that the system has in its list is known, whatever HOME says", () => {
  const home = process.env.HOME;
  onTestFinished(() => void (process.env.HOME = home));
  process.env.HOME = "/elsewhere";
  expect(findHomes({ HOME: "/given" })).toEqual(["/given", "/elsewhere", userInfo().homedir]);
  expect(findHomes({ HOME: "relative" })).toEqual(["/elsewhere", userInfo().homedir]);
});
