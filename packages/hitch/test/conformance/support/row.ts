/** The rows of the matrix: what each subject was seen to do, one committed file per subject. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";

/** What was found of one subject. */
export interface Row {
  /** The subject's name. */
  readonly subject: string;
  readonly provider: string;
  /** Exact versions of what was run, by npm package. */
  readonly versions: Readonly<Record<string, string>>;
  /** Of the provider's sources and these versions. */
  readonly hash: string;
  readonly node: string;
  readonly platform: string;
  /** From the first start to the last end. */
  readonly seconds: number;
  /** By behaviour. */
  readonly cells: Readonly<Record<string, Cell>>;
}

export interface Cell {
  /** `failed`: it should hold and doesn't. */
  readonly answer: "yes" | "no" | "failed";
  /** Of a "no". */
  readonly reason?: string;
  readonly via?: string;
  readonly seconds: number;
}

const directory = fileURLToPath(new URL("../rows/", import.meta.url));

export function readRows(): readonly Row[] {
  if (!existsSync(directory)) return [];
  const names = readdirSync(directory).filter((name) => name.endsWith(".json"));
  return names.sort().map((name) => JSON.parse(readFileSync(join(directory, name), "utf8")) as Row);
}

export function readRow(subject: string): Row | undefined {
  return readRows().find((row) => row.subject === subject);
}

/** Written whole or not at all: another process may be reading. */
export async function writeRow(row: Row): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${row.subject.replaceAll(/[^a-z0-9-]/g, "-")}.json`);
  writeFileSync(`${path}.new`, await format(JSON.stringify(row), { parser: "json", printWidth: 120 }));
  renameSync(`${path}.new`, path);
}
