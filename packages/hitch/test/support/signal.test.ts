import { expect, test } from "vitest";
import { readPids, signalProcess } from "./signal.ts";

test.each([undefined, 0, -1, 1, Number.NaN, 1.5, Infinity])("%s is signalled to nobody", (pid) => {
  expect(() => signalProcess(pid)).toThrow("is no process that was found");
});

test("a process without children has none", () => {
  expect([readPids(""), readPids("\n"), readPids("12 13 \n")]).toEqual([[], [], [12, 13]]);
});
