/** An error in the words of somebody at a shell. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { codes } from "../vocabulary/codes.ts";
import type { ErrorSummary } from "../vocabulary/events.ts";
import { hintInFlags, messageInFlags } from "./flag-words.ts";
import { toBlock } from "./text/block.ts";
import { toHarmless } from "./text/harmless.ts";

/** The error as blocks, wrapped at `columns`: `start` and what happened, and what to do, which may be nothing. */
export function describeError(error: ErrorSummary, start: string, columns: number): ErrorBlocks {
  const { message, hint, page } = errorWords(error);
  const more = page === undefined ? "" : `More: ${page}`;
  // A path that was broken could not be copied.
  const advice =
    columns === Infinity
      ? [toBlock("  ", `${hint} ${more}`.trim(), columns)]
      : [toBlock("  ", hint, columns), `  ${toHarmless(more)}`];
  return { message: toBlock(start, message, columns), advice: advice.filter((block) => block.trim() !== "") };
}

export interface ErrorBlocks {
  readonly message: string;
  readonly advice: readonly string[];
}

/** The block for a command that failed. */
export function formatError(error: ErrorSummary, columns: number): string {
  const { message, advice } = describeError(error, `hitch: ${error.code}: `, columns);
  return [message, ...advice].join("\n");
}

/** Not yet made harmless, nor broken into lines. */
interface ErrorWords {
  readonly message: string;
  /** What to do; empty where there is nothing to be done. */
  readonly hint: string;
  /** The file that says more, if it is there, and the place in it. */
  readonly page?: string;
}

/** Only what we say of options is put in other words: the same names in an agent's message mean something else. */
function errorWords({ message, hint, option }: ErrorSummary): ErrorWords {
  const [whole = "", place] = / More: docs\/(errors\.md#[a-z-]+)\.$/.exec(hint) ?? [];
  const advice = whole === "" ? hint : hint.slice(0, -whole.length);
  const directory = place === undefined ? undefined : docsDirectory();
  return {
    message: option === undefined ? message : messageInFlags(message),
    // The general hint of `cancelled` says no more than its message.
    hint: advice === codes.cancelled.hint ? "" : hintInFlags(advice),
    ...(directory !== undefined && { page: `${directory}${place}` }),
  };
}

/** Beside the built package, or in the repository. */
function docsDirectory(): string | undefined {
  const places = ["../../docs/", "../../../../docs/"].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return places.find((place) => existsSync(`${place}errors.md`));
}
