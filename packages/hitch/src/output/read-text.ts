/** Reads the value that is wanted from the agent's last message. */
import { deepEqual } from "./deep-equal.ts";
import { findCandidates } from "./candidates.ts";
import { repairJson } from "./repair.ts";
import type { Checked, Issue, OutputSchema } from "./schema.ts";
import { unquote } from "./unquote.ts";

/** `repair`: the JSON had slips, which were mended without inventing anything. */
export type Reading =
  | { readonly ok: true; readonly via: "text" | "repair"; readonly value: unknown }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** The first JSON in the message that fits, the likeliest first. Rejects if the schema's own code throws. */
export async function readText(message: string, schema: OutputSchema): Promise<Reading> {
  const { texts, rest } = findCandidates(message);
  const candidates = texts.map((text) => readStrictly(text, schema));
  for (const candidate of candidates) {
    if (candidate.state !== "parsed") continue;
    const checked = await schema.check(candidate.value);
    if (checked.ok) return { ok: true, via: "text", value: checked.value };
    candidate.issues = checked.issues;
  }

  if (rest !== undefined && !texts.includes(rest)) candidates.push({ text: rest, state: "unread" });
  let repairIssues: readonly Issue[] | undefined;
  for (const candidate of candidates) {
    const checked = await repair(candidate, schema);
    if (checked?.ok) return { ok: true, via: "repair", value: checked.value };
    repairIssues ??= checked?.issues;
  }
  const parsed = candidates.find((candidate) => candidate.issues);
  return { ok: false, issues: parsed?.issues ?? repairIssues ?? [{ path: [], message: reasonFor(candidates) }] };
}

interface Candidate {
  readonly text: string;
  /** `echo`: it is the schema itself. `cut off`: so found the repair. */
  state: "parsed" | "unread" | "cut off" | "echo";
  readonly value?: unknown;
  /** What JSON.parse says. */
  readonly error?: string;
  /** What is wrong with the value. */
  issues?: readonly Issue[];
}

function readStrictly(text: string, schema: OutputSchema): Candidate {
  try {
    const value: unknown = JSON.parse(text);
    return { text, value, state: deepEqual(value, schema.json) ? "echo" : "parsed" };
  } catch (error) {
    return { text, state: "unread", error: (error as SyntaxError).message };
  }
}

/** Mends the text if it could not be parsed, then the strings in its value that should be something else. */
async function repair(candidate: Candidate, schema: OutputSchema): Promise<Checked | undefined> {
  const { text, value, state, issues } = candidate;
  if (state === "parsed") return issues && checkUnquoted(value, issues, schema);
  if (state === "echo" || !/^["{[]/.test(text)) return undefined;
  const repaired = repairJson(text);
  if (!repaired.ok) {
    if (repaired.problem === "cut off") candidate.state = "cut off";
    return undefined;
  }
  const mended: unknown = JSON.parse(repaired.json);
  if (deepEqual(mended, schema.json)) {
    candidate.state = "echo";
    return undefined;
  }
  const checked = await schema.check(mended);
  return checked.ok ? checked : ((await checkUnquoted(mended, checked.issues, schema)) ?? checked);
}

async function checkUnquoted(
  value: unknown,
  issues: readonly Issue[],
  schema: OutputSchema,
): Promise<Checked | undefined> {
  const unquoted = unquote(value, issues);
  const checked = unquoted && (await schema.check(unquoted.value));
  return checked?.ok ? checked : undefined;
}

function reasonFor(candidates: readonly Candidate[]): string {
  const states = candidates.map(({ state }) => state);
  if (states.includes("cut off")) return "the JSON is cut off: it ends before it is complete";
  if (states.includes("echo")) return "this is the JSON Schema itself, not a value that fits it";
  const broken = candidates.find(({ text, state }) => state === "unread" && /^[{[]/.test(text));
  if (broken) return `the JSON cannot be read${broken.error === undefined ? "" : `: ${broken.error}`}`;
  return "no JSON was found";
}
