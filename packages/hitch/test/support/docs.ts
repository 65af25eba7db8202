import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** One page of the documentation. */
export interface Page {
  /** From the repository's root: `docs/running.md`. */
  readonly path: string;
  readonly text: string;
}

export const repository = fileURLToPath(new URL("../../../..", import.meta.url));

export function readPage(path: string): Page {
  return { path, text: readFileSync(join(repository, path), "utf8") };
}

/** All pages in docs/, which come with the package. */
export function readDocs(): readonly Page[] {
  const names = readdirSync(join(repository, "docs")).filter((name) => name.endsWith(".md"));
  return names.map((name) => readPage(join("docs", name)));
}

/** Texts of the headings of a level: 2 is `##`. */
export function headingsOf({ text }: Page, level: number): readonly string[] {
  return withoutBlocks(text)
    .split("\n")
    .filter((line) => line.startsWith(`${"#".repeat(level)} `))
    .map((line) => line.slice(level + 1).trim());
}

/** What may stand behind `#` in a link to the page, as GitHub makes it from the headings. */
export function anchorsOf(page: Page): readonly string[] {
  return [1, 2, 3, 4].flatMap((level) =>
    headingsOf(page, level).map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** Targets of the links that lead to a file of the repository. */
export function linksOf({ text }: Page): readonly string[] {
  const targets = [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? "");
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** A block of code; `line` is that of its first line, from 1. */
export interface Block {
  readonly language: string;
  readonly line: number;
  readonly text: string;
}

export function blocksOf({ text }: Page): readonly Block[] {
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(({ 1: language = "", 2: code = "", index }) => ({
    language,
    line: text.slice(0, index).split("\n").length + 1,
    text: code,
  }));
}

/**
 * The TypeScript of a page, as modules in which every line has the number that it has on the page. A block without an
 * import goes on where the one before it ended.
 */
export function modulesOf(page: Page): readonly string[] {
  const modules: string[][] = [];
  for (const { language, line, text } of blocksOf(page)) {
    if (language !== "ts") continue;
    if (/^import /m.test(text) || modules.length === 0) modules.push([]);
    const lines = modules.at(-1) ?? [];
    while (lines.length < line - 1) lines.push("");
    lines.push(...text.trimEnd().split("\n"));
  }
  return modules.map((lines) => lines.join("\n"));
}

function withoutBlocks(text: string): string {
  return text.replaceAll(/^```[^]*?^```$/gm, "");
}
