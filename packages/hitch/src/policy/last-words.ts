/** What an agent said last on stderr, for the message of a failure that nothing else explains. */
import { withoutColours } from "../vocabulary/terminal.ts";

/** The last line that says something: no blank line, no stack frame, no runtime's signature. Undefined if there is none. */
export function lastWords(stderrTail: string): string | undefined {
  const lines = withoutColours(stderrTail).split("\n");
  return lines
    .map((line) => line.trim())
    .findLast((line) => line !== "" && !isNoise(line))
    ?.slice(0, longest);
}

/** Longest line worth repeating, in characters; the attempt keeps all of it. */
const longest = 500;

/** What Node and Bun print below an uncaught error, and lines that are only brackets or marks. */
function isNoise(line: string): boolean {
  return /^at .+[:)]/.test(line) || /^(Node\.js|Bun) v\d/.test(line) || !/[\p{L}\p{N}]/u.test(line);
}
