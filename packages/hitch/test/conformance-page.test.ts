/** The matrix of what agents do: its page says what its rows say, and its rows are about what there is. */
import { describe, expect, test } from "vitest";
import { findProvider, providers } from "../src/providers/index.ts";
import { behaviours } from "../src/testing/index.ts";
import { renderMatrixPage } from "./conformance/support/matrix-page.ts";
import { readRows } from "./conformance/support/row.ts";
import { filesOf, hashOf } from "./conformance/support/source-hash.ts";
import { readPage } from "./support/docs.ts";

const rows = readRows();

describe("docs/conformance.md", () => {
  const { text } = readPage("docs/conformance.md");

  test("says what the rows say: `npm run test:all` writes it", async () => {
    expect(text).toBe(await renderMatrixPage(rows));
  });

  test("names every provider, as one that was run or as one that was not yet", () => {
    expect(providers.filter(({ id }) => !text.includes(id))).toEqual([]);
  });
});

test("the rows are about providers and behaviours that exist", () => {
  expect(rows.filter(({ provider }) => findProvider(provider) === undefined)).toEqual([]);
  const known = behaviours.map(({ id }) => id);
  expect(rows.flatMap(({ cells }) => Object.keys(cells).filter((id) => !known.includes(id)))).toEqual([]);
});

test("no behaviour that every agent has to have is missing without being called a failure", () => {
  const required = behaviours.filter((behaviour) => behaviour.required);
  const excused = rows.flatMap(({ cells }) => required.filter(({ id }) => cells[id]?.answer === "no"));
  expect(excused).toEqual([]);
});

test("behaviours have ids of their own", () => {
  const ids = behaviours.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("a row is about a provider's own files and what they import of providers/", () => {
  const files = filesOf("codex");
  expect(files).toContain("providers/codex.ts");
  expect(files).toContain("providers/formats/codex-stream.ts");
  expect(files.filter((file) => !file.startsWith("providers/") || file.includes("opencode"))).toEqual([]);
  expect(hashOf("codex", { a: "1" })).not.toBe(hashOf("codex", { a: "2" }));
});
