/** Reads the value that is wanted from the agent's last message. */
import type { JsonObject } from "../vocabulary/json.ts";
import { findCandidates } from "./candidates.ts";
import { deepEqual } from "./deep-equal.ts";
import { withoutOverflow } from "./nesting.ts";
import { repairJson } from "./repair.ts";
import type { Checked, Issue, OutputSchema } from "./schema.ts";
import { unquote } from "./unquote.ts";

/** `repair`: the JSON had slips, which were mended without adding a value. */
export type Reading =
  | { readonly ok: true; readonly via: "text" | "repair"; readonly value: unknown }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/**
 * The first JSON in the message that fits, the likeliest first. `told` is the schema in the words that the model got, if they
 * are others: neither is a value. Rejects if the schema's own code throws.
 */
export async function readText(message: string, schema: OutputSchema, told?: JsonObject): Promise<Reading> {
  const { whole, embedded, rest } = findCandidates(message);
  const schemas = told === undefined ? [schema.json] : [schema.json, told];
  const candidates = [
    ...whole.map((text) => readStrictly({ text, inProse: false }, schemas)),
    ...embedded.map((text) => readStrictly({ text, inProse: true }, schemas)),
  ];
  for (const candidate of candidates) {
    if (candidate.state !== "parsed") continue;
    const checked = await schema.check(candidate.value);
    if (checked.ok) return { ok: true, via: "text", value: checked.value };
    candidate.issues = checked.issues;
  }

  if (rest !== undefined) candidates.push({ text: rest, inProse: true, state: "unread" });
  let repairIssues: readonly Issue[] | undefined;
  for (const candidate of candidates) {
    const checked = await repair(candidate, schema, schemas);
    if (checked?.ok) return { ok: true, via: "repair", value: checked.value };
    repairIssues ??= checked?.issues;
  }
  const parsed = candidates.find((candidate) => candidate.issues);
  return { ok: false, issues: parsed?.issues ?? repairIssues ?? [{ path: [], message: reasonFor(candidates) }] };
}

interface Place {
  readonly text: string;
  readonly inProse: boolean;
}

interface Candidate extends Place {
  /** `echo`: it is the schema itself. `empty`: it is so, and in prose. `cut off`: so found the repair. */
  state: "parsed" | "unread" | "cut off" | "echo" | "empty";
  readonly value?: unknown;
  /** What JSON.parse says. */
  readonly error?: string;
  /** What is wrong with the value. */
  issues?: readonly Issue[];
}

function readStrictly(place: Place, schemas: readonly JsonObject[]): Candidate {
  try {
    const value: unknown = JSON.parse(place.text);
    return { ...place, value, state: stateOf(value, place, schemas) };
  } catch (error) {
    return { ...place, state: "unread", error: (error as SyntaxError).message };
  }
}

function stateOf(value: unknown, { inProse }: Place, schemas: readonly JsonObject[]): "parsed" | "echo" | "empty" {
  if (schemas.some((schema) => deepEqual(value, schema))) return "echo";
  const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return isEmpty && inProse ? "empty" : "parsed";
}

/** Mends the text if it could not be parsed, then the strings in its value that should be something else. */
async function repair(
  candidate: Candidate,
  schema: OutputSchema,
  schemas: readonly JsonObject[],
): Promise<Checked | undefined> {
  const { text, value, state, issues } = candidate;
  if (state === "parsed") return issues && checkUnquoted(value, issues, schema);
  if (state !== "unread" || !/^["{[]/.test(text)) return undefined;
  const repaired = repairJson(text);
  if (!repaired.ok) {
    if (repaired.problem === "cut off") candidate.state = "cut off";
    return undefined;
  }
  const mended: unknown = JSON.parse(repaired.json);
  candidate.state = stateOf(mended, candidate, schemas);
  if (candidate.state !== "parsed") return undefined;
  const checked = await schema.check(mended);
  return checked.ok ? checked : ((await checkUnquoted(mended, checked.issues, schema)) ?? checked);
}

async function checkUnquoted(
  value: unknown,
  issues: readonly Issue[],
  schema: OutputSchema,
): Promise<Checked | undefined> {
  const checked = await withoutOverflow(() => {
    const unquoted = unquote(value, issues);
    return unquoted ? schema.check(unquoted.value) : { ok: false, issues };
  });
  return checked.ok ? checked : undefined;
}

function reasonFor(candidates: readonly Candidate[]): string {
  const states = candidates.map(({ state }) => state);
  if (states.includes("cut off")) return "the JSON is cut off: it ends before it is complete";
  if (states.includes("echo")) return "this is the JSON Schema itself, not a value that fits it";
  if (states.includes("empty")) return "an empty object or list counts only when nothing else is written beside it";
  const broken = candidates.find(({ text, state }) => state === "unread" && /^[{[]/.test(text));
  if (broken) return `the JSON cannot be read${broken.error === undefined ? "" : `: ${broken.error}`}`;
  return "no JSON was found";
}
