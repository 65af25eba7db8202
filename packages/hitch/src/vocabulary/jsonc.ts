/** JSON with comments and trailing commas, the form in which people write configuration. */

/** Parses JSONC. Throws a `SyntaxError` where it is neither JSON nor JSONC. */
export function parseJsonc(text: string): unknown {
  return JSON.parse(
    text
      .replace(/^\uFEFF/, "")
      .replace(token, plain)
      .replace(tokenOrTrailingComma, withoutTrailingComma),
  );
}

// Strings come first in both, so that what looks like a comment or a comma inside of one is left alone.
const token = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\//g;
const tokenOrTrailingComma = /"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])/g;

/** A comment separates like a space, and keeps its line breaks so that errors name the right line. */
function plain(found: string): string {
  return found.startsWith('"') ? found : found.replaceAll(/[^\n]/g, " ");
}

function withoutTrailingComma(found: string): string {
  return found === "," ? " " : found;
}
