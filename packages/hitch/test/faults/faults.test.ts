/** What is written down about the table of faults is of this table, and all of it is well. */
import { expect, test } from "vitest";
import { readReport, survived } from "./report.ts";
import { allGroups } from "./tables/index.ts";

const rows = allGroups.flatMap((group) => group.rows);

test("no row is there twice", () => {
  const ids = rows.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThanOrEqual(150);
});

test("faults.json has the rows of the table; `npm run test:faults` writes it", () => {
  const expected = rows.map(({ id, fault, moment, expected }) => ({ id, fault, moment, expected }));
  expect(readReport().map(({ id, fault, moment, expected }) => ({ id, fault, moment, expected }))).toEqual(expected);
});

test("every row survived, nothing was lost and nothing left", () => {
  expect(readReport().filter((row) => !survived(row))).toEqual([]);
});
