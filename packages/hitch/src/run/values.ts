/** The values that an attempt gives for the caller's schema: each is judged, and what was said of it is kept. */
import { describeIssues } from "../output/issues.ts";
import { readText } from "../output/read-text.ts";
import type { OutputSchema } from "../output/schema.ts";
import type { Submission } from "../output/submit-tool.ts";
import type { JsonObject } from "../vocabulary/json.ts";
import type { RunEvent } from "../vocabulary/events.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { AttemptOutput, OutputVia } from "../vocabulary/result.ts";

export interface Values {
  /** Judges a value that came by the agent's own way or by the tool. Never rejects. */
  take(via: "native" | "tool", value: unknown): Promise<Submission>;
  /** Resolves when all that came is judged, or the run is over: a caller's check may never end. */
  settled(): Promise<void>;
  /** Looks for a value in the last message, unless one was accepted already. Resolves as `settled` does. */
  readText(text: string): Promise<void>;
  /** The attempt is over: what still comes is refused, and what is still being judged does not count. */
  close(): void;
  /** The last value that the schema accepted, as the schema gives it back. */
  readonly accepted: { readonly value: unknown } | undefined;
  /** What is wrong with the last value, for asking again. */
  readonly lastIssues: readonly string[];
  /** Aborts with a HarnessError when going on makes no sense: too many values, a schema that throws or never ends. */
  readonly hopeless: AbortSignal;
  readonly summary: AttemptOutput;
}

export interface ValuesOptions {
  readonly schema: OutputSchema;
  /** The schema as the agent was told it, and how its values become those of the caller's. */
  readonly told: JsonObject;
  readonly raise: (value: unknown) => unknown;
  /** Counted over all attempts of a run. */
  readonly corrections: Corrections;
  readonly publish: (event: RunEvent) => void;
  readonly stop: Stop;
}

/** The end of the run before it is done. */
export interface Stop {
  /** Aborts when the run is cancelled or out of time. */
  readonly signal: AbortSignal;
  /** Which of both it was. */
  explain(): HarnessError;
}

/** How often a wrong value may still be corrected. */
export interface Corrections {
  left: number;
}

/** More answers than these in one attempt are those of a model that does not know how to end. */
const mostAnswers = { count: 1000, characters: 64 * 1024 * 1024 };

export function createValues(options: ValuesOptions): Values {
  const { schema, told, raise, corrections, publish, stop } = options;
  const raw: string[] = [];
  const issues: string[] = [];
  const giveUp = new AbortController();
  let rawCharacters = 0;
  let lastIssues: readonly string[] = [];
  let accepted: { readonly value: unknown; readonly via: OutputVia } | undefined;
  let closed = false;
  const isClosed = (): boolean => closed;
  let judging: Promise<unknown> = Promise.resolve();

  const keep = (answer: string): void => {
    raw.push(answer);
    rawCharacters += answer.length;
    if (raw.length > mostAnswers.count || rawCharacters > mostAnswers.characters)
      giveUp.abort(invalidOutput(["the agent does not stop giving values"]));
  };

  const accept = (via: OutputVia, value: unknown): void => {
    accepted = { value, via };
    lastIssues = [];
    publish({ type: "output", via, valid: true, issues: [] });
  };

  const refuse = (via: OutputVia, found: readonly string[]): Submission => {
    issues.push(...found);
    lastIssues = found;
    publish({ type: "output", via, valid: false, issues: found });
    // A later value may only improve on one that is accepted.
    if (accepted === undefined && corrections.left === 0) giveUp.abort(invalidOutput(found));
    else if (accepted === undefined) corrections.left--;
    return { accepted: false, issues: found };
  };

  const judge = async (via: "native" | "tool", given: unknown): Promise<Submission> => {
    if (isClosed()) return { accepted: false, issues: ["the run does not wait for a value any more"] };
    const value = raise(given);
    const json = toJson(value);
    keep(json ?? "(nested too deeply to be kept)");
    if (json === undefined) return refuse(via, ["the value is nested too deeply"]);
    const checked = await schema.check(value);
    if (isClosed()) return { accepted: false, issues: ["the check took too long"] };
    if (!checked.ok) return refuse(via, describeIssues(checked.issues));
    accept(via, checked.value);
    return { accepted: true };
  };

  const blameSchema = (error: unknown): Submission => {
    giveUp.abort(faultySchema(error));
    return { accepted: false, issues: ["the value could not be checked"] };
  };

  /** The last message. If it ends an attempt that gave wrong values by another way, it is no further wrong value. */
  const judgeText = async (text: string): Promise<void> => {
    keep(text);
    const reading = await readText(text, schema, told);
    if (isClosed()) return;
    if (reading.ok) accept(reading.via, reading.value);
    else if (lastIssues.length === 0) refuse("text", describeIssues(reading.issues));
  };

  /** What was accepted before counts, whatever comes of the rest. */
  const unlessStopped = async (work: Promise<unknown>): Promise<void> => {
    const stopped = Promise.withResolvers<boolean>();
    const onStop = (): void => stopped.resolve(true);
    if (stop.signal.aborted) onStop();
    else stop.signal.addEventListener("abort", onStop, { once: true });
    const wasStopped = await Promise.race([work.then(() => false), stopped.promise]);
    stop.signal.removeEventListener("abort", onStop);
    if (!wasStopped) return;
    closed = true;
    giveUp.abort(stop.explain());
  };

  return {
    take(via, value) {
      // One after the other: the last accepted value counts.
      const judged = judging.then(() => judge(via, value)).catch(blameSchema);
      judging = judged;
      return judged;
    },
    settled: () => unlessStopped(judging),
    async readText(text) {
      if (accepted === undefined && !giveUp.signal.aborted) await unlessStopped(judgeText(text).catch(blameSchema));
    },
    close() {
      closed = true;
    },
    get accepted() {
      return accepted;
    },
    get lastIssues() {
      return lastIssues;
    },
    hopeless: giveUp.signal,
    get summary() {
      return { ...(accepted && { via: accepted.via }), issues: [...issues], raw: [...raw] };
    },
  };
}

/** No correction is left, or nobody can be asked. */
export function invalidOutput(issues: readonly string[]): HarnessError {
  const message = `No answer fitted the schema; of the last one: ${issues.join("; ")}`;
  return new HarnessError({ code: "invalid-output", message });
}

/** Undefined if the stack does not suffice. */
function toJson(value: unknown): string | undefined {
  try {
    // What is no JSON at all, as `undefined`, is told too.
    return String(JSON.stringify(value));
  } catch {
    return undefined;
  }
}

function faultySchema(cause: unknown): HarnessError {
  const message = `schema: it threw while it checked a value: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new HarnessError({ code: "invalid-options", option: "schema", reason: "threw", message, cause });
}
