import { expect, test } from "vitest";
import {
  buildEnvironment,
  compareEnvironments,
  mergeEnvironment,
  removedVariables,
} from "../../src/policy/environment.ts";

test.each(removedVariables.map(({ name, reason }) => [name, reason] as const))(
  "%s is taken away, with a reason",
  (name, reason) => {
    const variable = name.replace("*", "_X");
    const inherited = { [variable]: "1", PATH: "/bin" };
    expect(buildEnvironment({ inherited, cwd: "/home/me/project", added: {} })).toEqual({
      PATH: "/bin",
      PWD: "/home/me/project",
    });
    expect(reason.length).toBeGreaterThan(10);
  },
);

test("what the caller adds wins, also over what is taken away", () => {
  const inherited = { A: "1", B: "1", PWD: "/elsewhere", OLDPWD: "/before", GONE: undefined };
  const added = { A: "2", B: undefined, CLAUDECODE: "1" };
  expect(buildEnvironment({ inherited, cwd: "/c", added })).toEqual({ A: "2", PWD: "/c", CLAUDECODE: "1" });
});

test("hostile names stay plain data", () => {
  const env = mergeEnvironment({}, JSON.parse('{"__proto__": "x"}') as Record<string, string>);
  expect(Object.entries(env)).toEqual([["__proto__", "x"]]);
  expect(Object.getPrototypeOf(env)).toBe(Object.prototype);
});

test("a comparison names what was added, changed and removed", () => {
  expect(compareEnvironments({ A: "1", B: "1", C: "1", D: undefined }, { A: "1", B: "2", E: "3" })).toEqual({
    B: "2",
    C: undefined,
    E: "3",
  });
});
