import fc from "fast-check";
import { expect, test } from "vitest";
import { fit } from "../../../src/cli/text/cells.ts";
import { replaceFrame } from "../../../src/cli/live/paint.ts";
import { openScreen } from "./screen.ts";

const line = fc.string({ unit: fc.constantFrom("a", "b", " ", "語", "é", "e\u0301"), maxLength: 30 });
const frame = fc.record({
  permanent: fc.array(line, { maxLength: 3 }),
  live: fc.array(line, { maxLength: 4 }),
  columns: fc.integer({ min: 4, max: 30 }),
});

test("what is permanent stays, and below it is the newest frame, at any width and after any change of it", () => {
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 8 }), (frames) => {
      const screen = openScreen(30);
      const permanent: string[] = [];
      let before: readonly string[] = [];
      for (const next of frames) {
        screen.resize(next.columns);
        const after = next.live.map((text) => fit(text, next.columns - 1));
        // Lines that fit, so that what is seen can be compared line by line.
        const said = next.permanent.map((text) => text.slice(0, 2));
        permanent.push(...said);
        screen.write(replaceFrame(before, said.map((text) => `${text}\n`).join(""), after, next.columns));
        expect(screen.text).toEqual([...permanent, ...after]);
        before = after;
      }
    }),
  );
});

test("nothing is written while nothing changes", () => {
  expect(replaceFrame(["a", "b"], "", ["a", "b"], 80)).toBe("");
  expect(replaceFrame([], "", [], 80)).toBe("");
});

test("the cursor is neither hidden nor shown", () => {
  expect(replaceFrame(["a"], "b\n", ["c"], 80)).toBe("\u001b[?2026h\r\u001b[1A\u001b[Jb\nc\n\u001b[?2026l");
});
