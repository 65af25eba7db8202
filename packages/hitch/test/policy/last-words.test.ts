import { expect, test } from "vitest";
import { lastWords } from "../../src/policy/last-words.ts";

const cases: readonly { stderr: string; words: string | undefined }[] = [
  { stderr: "", words: undefined },
  { stderr: "\n  \n", words: undefined },
  { stderr: "}\n---\n", words: undefined },
  { stderr: "Warning: one\nError: two\n\n", words: "Error: two" },
  { stderr: "\u001b[91m\u001b[1mError: \u001b[0mSession not found\n", words: "Error: Session not found" },
  {
    stderr:
      "TypeError: boom\n    at run (file:///home/me/agent.js:1:2)\n    at async main (node:internal:3:4)\n}\n\nNode.js v24.21.0\n",
    words: "TypeError: boom",
  },
  { stderr: "at least one model is needed", words: "at least one model is needed" },
  { stderr: "x".repeat(2_000), words: "x".repeat(500) },
];

test.each(cases)("of $stderr the last words are $words", ({ stderr, words }) => {
  expect(lastWords(stderr)).toBe(words);
});
