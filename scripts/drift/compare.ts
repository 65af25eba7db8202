/** What changed in what an agent prints, from one version to another. */
import type { Shapes } from "./shapes.ts";

/** What was seen of all cases on one version. */
export interface Seen {
  readonly cases: Readonly<Record<string, SeenCase>>;
  readonly shapes: Shapes;
  /** Kinds of lines of which the decoder made something. */
  readonly understood: ReadonlySet<string>;
}

export interface SeenCase {
  /** What Hitch made of it: `completed`, or the error's code. */
  readonly verdict: string;
  /** What Hitch could tell its caller: kinds of events, counts of tokens, a session, a value. */
  readonly told: readonly string[];
}

export interface Difference {
  /** `+` is new, `-` is gone, `!` is gone and was understood. */
  readonly sign: "+" | "-" | "!";
  readonly what: string;
}

/** `recorded`: shapes that the transcripts have, which are not new. */
export function compareVersions(before: Seen, after: Seen, recorded: Shapes): readonly Difference[] {
  const cases = Object.keys(before.cases).flatMap((name) => compareCase(name, before.cases[name], after.cases[name]));
  const kinds = [...new Set([...before.shapes.keys(), ...after.shapes.keys()])].sort();
  return [...cases, ...kinds.flatMap((kind) => compareKind(kind, before, after, recorded.get(kind)))];
}

function compareCase(name: string, before?: SeenCase, after?: SeenCase): readonly Difference[] {
  const verdict =
    before?.verdict === after?.verdict
      ? []
      : [lost(`${name} ended with ${before?.verdict}, and now with ${after?.verdict}`)];
  const untold = (before?.told ?? []).filter((one) => !after?.told.includes(one));
  return [...verdict, ...untold.map((one) => lost(`${name} gives no ${one} any more`))];
}

function compareKind(kind: string, before: Seen, after: Seen, recorded?: ReadonlySet<string>): readonly Difference[] {
  const [old, now] = [before.shapes.get(kind), after.shapes.get(kind)];
  const isUnderstood = before.understood.has(kind) || after.understood.has(kind);
  if (now === undefined) {
    return isUnderstood
      ? [lost(`${kind} is not printed any more`)]
      : [{ sign: "-", what: `${kind} is not printed any more` }];
  }
  if (old === undefined && recorded === undefined) return [{ sign: "+", what: `${kind} is new` }];
  // Nobody reads the fields of the others.
  if (!isUnderstood) return [];
  const known = new Set([...(old ?? []), ...(recorded ?? [])]);
  const fresh = outermost(now, known).map((field) => ({ sign: "+", what: `${kind} has ${field}` }) as const);
  const gone = outermost(old ?? new Set(), now).map(
    (field) => ({ sign: "-", what: `${kind} has no ${field}` }) as const,
  );
  return [...fresh, ...gone];
}

/** The fields that only one side has; of a whole object that only one side has, its own name. */
function outermost(fields: ReadonlySet<string>, others: ReadonlySet<string>): readonly string[] {
  const paths = new Set([...others].flatMap((field) => ancestorsOf(field)));
  const own = [...fields].filter((field) => !others.has(field));
  return [...new Set(own.map((field) => ancestorsOf(field).find((path) => !paths.has(path)) ?? field))].sort();
}

/** `a`, `a.b` and `a.b: string` of `a.b: string`. */
function ancestorsOf(field: string): readonly string[] {
  const [path = "", type = ""] = field.split(": ");
  const names = path.split(".");
  const objects = names.slice(0, -1).map((_, index) => names.slice(0, index + 1).join("."));
  return [...objects, `${path}: ${type}`];
}

function lost(what: string): Difference {
  return { sign: "!", what };
}
