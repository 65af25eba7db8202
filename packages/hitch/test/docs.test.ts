/** The documentation says what the code does. */
import { existsSync, globSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { buildPages } from "../../../scripts/providers-page.ts";
import { longNameOf, runFlags } from "../src/cli/run-flags.ts";
import { removedVariables } from "../src/policy/environment.ts";
import { optionNames } from "../src/run/options.ts";
import { behaviours } from "../src/testing/index.ts";
import { codes, type CodeFacts } from "../src/vocabulary/codes.ts";
import { anchorsOf, blocksOf, headingsOf, linksOf, modulesOf, readDocs, readPage, repository } from "./support/docs.ts";
import { assertEvent, eventTypes } from "./support/event-schema.ts";
import { typeErrorsIn } from "./support/type-check.ts";

const docs = readDocs();
/** Without what is generated, which has flags of the agents. */
const everything = docs
  .filter(({ path }) => path !== "docs/providers.md")
  .map(({ text }) => text)
  .join("\n");

describe("docs/errors.md", () => {
  const page = readPage("docs/errors.md");

  test("has a section for each code, in the order of the table, and no other", () => {
    expect(headingsOf(page, 2)).toEqual(Object.keys(codes));
  });

  test.each(Object.entries<CodeFacts>(codes))("tells the facts of %s", (code, { exitCode, httpStatus, retryable }) => {
    const facts = `Exit code ${exitCode}, HTTP ${httpStatus}, ${retryable ? "" : "not "}retryable.`;
    expect(page.text).toContain(`\n## ${code}\n\n${facts}\n`);
  });
});

describe("docs/events.md", () => {
  const examples = blocksOf(readPage("docs/events.md"))
    .filter(({ language }) => language === "jsonl")
    .flatMap(({ text }) => text.trimEnd().split("\n"))
    .map((line) => JSON.parse(line) as { readonly type: string });

  test("has an example of each event, in the form that the schema gives it", () => {
    const envelope = { runId: "00000000000", attempt: 1, seq: 0, time: "2026-01-01T00:00:00.000Z" };
    for (const example of examples) assertEvent({ ...envelope, ...example });
    expect(examples.map(({ type }) => type).sort()).toEqual([...eventTypes].sort());
  });

  test.each(eventTypes)("describes %s", (type) => {
    expect(readPage("docs/events.md").text).toMatch(new RegExp(`^\\| [^|]*\`${type}\``, "m"));
  });
});

test("what is said of the agents is what the providers say; if not: npm run docs", async () => {
  for (const [path, text] of Object.entries(await buildPages())) expect(readPage(path).text).toBe(text);
});

test("every option of the library is described", () => {
  expect(optionNames.filter((name) => !everything.includes(`\`${name}\``))).toEqual([]);
});

test("every flag of hitch run is described", () => {
  const flags = Object.values(runFlags).flat();
  const described = flags.filter((flag) => new RegExp(`\`[^\`]*${longNameOf(flag)}(?![a-z-])`).test(everything));
  expect(described.map(longNameOf)).toEqual(flags.map(longNameOf));
});

test("every variable that agents do not get is named", () => {
  const { text } = readPage("docs/environment.md");
  expect(removedVariables.filter(({ name }) => !text.includes(`\`${name}\``))).toEqual([]);
});

test.each([...docs, readPage("README.md")])("the links of $path lead somewhere", (page) => {
  const broken = linksOf(page).filter((link) => {
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page.path : normalize(join(dirname(page.path), path));
    if (!existsSync(join(repository, target))) return true;
    return anchor !== undefined && !anchorsOf(readPage(target)).includes(anchor);
  });
  expect(broken).toEqual([]);
});

test.each(docs)("$path links to no file that the package does not have", (page) => {
  expect(linksOf(page).filter((link) => link.includes("/"))).toEqual([]);
});

test("the tests and behaviours that a promise names are there", () => {
  const promises = [readPage("README.md"), readPage("docs/security.md")].map(({ text }) => text).join("\n");
  const files = [...promises.matchAll(/`([\w/*-]+\.test\.ts)`/g)].map(([, path = ""]) => path);
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((path) => globSync(join("packages/hitch/test", path), { cwd: repository }).length === 0)).toEqual(
    [],
  );
  const ids = [...promises.matchAll(/`((?:clean|keys|environment|permissions)-[a-z]+)`/g)].map(([, id = ""]) => id);
  expect(ids.filter((id) => !behaviours.some((each) => each.id === id))).toEqual([]);
});

test("the examples in TypeScript type-check", () => {
  const modules = docs.flatMap((page) =>
    modulesOf(page).map((text, index) => [`${page.path} (example ${index + 1})`, text]),
  );
  expect(modules.length).toBeGreaterThan(5);
  expect(typeErrorsIn(Object.fromEntries(modules) as Record<string, string>)).toEqual([]);
});
