import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { protections } from "../../../scripts/mutants/protections.ts";

const packageRoot = join(import.meta.dirname, "..");

test.each(protections)("npm run test:mutants can take out: $name", ({ file, code, without, tests }) => {
  const source = readFileSync(join(packageRoot, "src", file), "utf8");
  expect(source.split(code)).toHaveLength(2);
  expect(without).not.toBe(code);
  expect(tests.filter((path) => !existsSync(join(packageRoot, "test", path)))).toEqual([]);
});
