/** What is read from a spoilt answer: nothing that the schema does not allow, and nothing that was not said. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { readText } from "../../src/output/read-text.ts";
import { schemaOf } from "../output/support.ts";

const shape = z.strictObject({ bugs: z.array(z.strictObject({ file: z.string(), line: z.int() })) });
const schema = schemaOf(shape);

const answer = fc
  .array(fc.record({ file: fc.string({ maxLength: 12 }), line: fc.integer() }), { maxLength: 4 })
  .chain((bugs) =>
    fc.constantFrom(JSON.stringify({ bugs }), `Here:\n\`\`\`json\n${JSON.stringify({ bugs }, null, 2)}\n\`\`\`\nBye.`),
  );

/** Pieces of the answer lost, doubled or put in: what models and streams do. */
const spoilt = fc
  .tuple(
    answer,
    fc.array(
      fc.tuple(fc.nat(), fc.nat(6), fc.constantFrom("", "{", "}", "]", ",", '"', "\\", "null", "```", "\u0000", "…")),
      { maxLength: 5 },
    ),
  )
  .map(([text, list]) =>
    list.reduce((before, [where, length, put]) => {
      const at = where % (before.length + 1);
      return before.slice(0, at) + put + before.slice(at + length);
    }, text),
  );

test("it is read without throwing, and what is read fits", async () => {
  await fc.assert(
    fc.asyncProperty(spoilt, async (text) => {
      const reading = await readText(text, schema);
      if (reading.ok) expect(shape.safeParse(reading.value).success).toBe(true);
      else expect(reading.issues.length).toBeGreaterThan(0);
    }),
    { numRuns: 1000 },
  );
});

test("names in what is read are in what was said", async () => {
  await fc.assert(
    fc.asyncProperty(spoilt, async (text) => {
      const reading = await readText(text, schema);
      if (!reading.ok || text.includes("\\u")) return;
      const said = text.replaceAll("\\", "");
      for (const { file } of shape.parse(reading.value).bugs) {
        for (const piece of file.match(/[a-z0-9]{3,}/gi) ?? []) expect(said).toContain(piece);
      }
    }),
    { numRuns: 1000 },
  );
});

test("whatever the text is, reading it ends", async () => {
  const pieces = fc.constantFrom("{", "}", "[", "]", '"', ",", ":", "\\", "```", "`", "\n", " ", "1", "a", "//", "/*");
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 300 }), async (list) => {
      const reading = await readText(list.join(""), schema);
      expect(reading.ok).toBe(false);
    }),
    { numRuns: 1000 },
  );
});
