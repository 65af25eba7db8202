/** What a behaviour says of an agent that has it, that lacks it, and of which either is declared. */
import { describe, expect, test } from "vitest";
import { defineBehaviour, hold, RefusedByData } from "../../../src/testing/conformance/behaviour.ts";
import { openBench, type Subject } from "../../../src/testing/index.ts";
import { pi } from "../../conformance/subjects/pi.ts";

const excepting = { ...pi, exceptions: { fork: "It can't." } };

/** The behaviour `fork`, as if it had been tried. */
async function judge(subject: Subject, prove: () => Promise<string | void>, required = false) {
  await using bench = openBench(subject);
  return await defineBehaviour({ id: "fork", title: "branches off", required, prove }).run(bench);
}

const holds = async () => "a way";
const lacks = async () => hold(false, "There should be a branch", ["nothing"]);
const refuses = async () => {
  throw new RefusedByData("pi cannot fork");
};
const breaks = async () => {
  throw new TypeError("a mistake of the suite's own");
};

describe("a behaviour", () => {
  test.each([
    ["that holds", pi, holds, false, { holds: true, via: "a way" }],
    ["that is excepted", excepting, lacks, false, { holds: false, reason: "It can't." }],
    ["that the provider's data refuses", pi, refuses, false, { holds: false, reason: "pi cannot fork" }],
  ] as const)("%s is found", async (_, subject, prove, required, finding) => {
    expect(await judge(subject, prove, required)).toEqual(finding);
  });

  test.each([
    ["that is lacking", pi, lacks, false, 'There should be a branch; seen: ["nothing"]'],
    ["that holds in spite of its exception", excepting, holds, false, "the exception is stale: It can't."],
    ["that is required and excepted", excepting, lacks, true, "no subject can except it"],
    ["that is required and refused by data", pi, refuses, true, "pi cannot fork"],
    ["that is excepted, where the suite itself breaks", excepting, breaks, false, "a mistake of the suite's own"],
  ] as const)("%s fails", async (_, subject, prove, required, message) => {
    await expect(judge(subject, prove, required)).rejects.toThrow(message);
  });

  test("that nobody knows cannot be excepted", () => {
    expect(() => openBench({ ...pi, exceptions: { forks: "A slip." } })).toThrow("what is no behaviour: forks");
  });
});
