/** Five schemas of growing difficulty, each with a value that fits it and one that a model may give at first. */
import { z } from "zod";

export interface DebugSchema {
  readonly name: string;
  readonly prompt: string;
  readonly schema: z.ZodType;
  /** What a model may give first; it does not fit. */
  readonly wrong: unknown;
  /** Fits, before any transform. */
  readonly right: unknown;
}

const flat: DebugSchema = {
  name: "a flat object",
  prompt: "How many people live in Reykjavík?",
  schema: z.object({ city: z.string().min(1), people: z.int().positive() }),
  wrong: { city: "Reykjavík", people: -1 },
  right: { city: "Reykjavík", people: 140_000 },
};

const severity = z.enum(["low", "medium", "high"]);

const nested: DebugSchema = {
  name: "a list of objects, with words of a fixed choice and optional parts",
  prompt: "List the bugs of this repository.",
  schema: z.object({
    bugs: z.array(z.object({ file: z.string(), line: z.int().min(1), severity, why: z.string().optional() })).min(1),
  }),
  wrong: { bugs: [{ file: "total.js", line: 0, severity: "terrible" }] },
  right: { bugs: [{ file: "total.js", line: 1, severity: "high", why: "It subtracts." }] },
};

const shape = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("circle"), radius: z.number().positive() }),
  z.object({ kind: z.literal("rectangle"), width: z.number().positive(), height: z.number().positive() }),
]);

const union: DebugSchema = {
  name: "a list of a union at the top, with a record and a rule over several fields",
  prompt: "Describe the shapes of the drawing, the largest first.",
  schema: z
    .array(z.object({ shape, labels: z.record(z.string(), z.string()) }))
    .refine((shapes) => new Set(shapes.map(({ labels }) => labels["name"])).size === shapes.length, {
      message: "two shapes have the same name",
    }),
  wrong: [
    { shape: { kind: "circle", radius: 2 }, labels: { name: "sun" } },
    { shape: { kind: "rectangle", width: 3, height: 1 }, labels: { name: "sun" } },
  ],
  right: [
    { shape: { kind: "circle", radius: 2 }, labels: { name: "sun" } },
    { shape: { kind: "rectangle", width: 3, height: 1 }, labels: { name: "door" } },
  ],
};

const folder = z.object({
  name: z.string().regex(/^[^/]+$/),
  get children() {
    return z.array(folder);
  },
});

const recursive: DebugSchema = {
  name: "a tree",
  prompt: "What folders does this repository have?",
  schema: folder,
  wrong: { name: "project", children: [{ name: "src/run", children: [] }] },
  right: { name: "project", children: [{ name: "src", children: [{ name: "run", children: [] }] }] },
};

const fieldNames = Array.from({ length: 50 }, (_, index) => `field${index + 1}`);

const large: DebugSchema = {
  name: "fifty fields and a long list, with dates that become dates",
  prompt: "Give the measurements of the last year.",
  schema: z.object({
    ...Object.fromEntries(fieldNames.map((name) => [name, z.number()])),
    days: z.array(
      z.object({ date: z.iso.date().transform((text) => new Date(text)), values: z.tuple([z.number(), z.number()]) }),
    ),
  }),
  wrong: { ...Object.fromEntries(fieldNames.map((name) => [name, 1])), days: [{ date: "yesterday", values: [1, 2] }] },
  right: { ...Object.fromEntries(fieldNames.map((name) => [name, 1])), days: days(365) },
};

function days(count: number): unknown[] {
  const first = Date.UTC(2025, 0, 1);
  const dayMs = 24 * 60 * 60 * 1000;
  return Array.from({ length: count }, (_, index) => {
    return { date: new Date(first + index * dayMs).toISOString().slice(0, 10), values: [index, index / 2] };
  });
}

/** From the easiest to the hardest. */
export const debugSchemas: readonly DebugSchema[] = [flat, nested, union, recursive, large];
