/** The values that an attempt gives for the caller's schema: each is judged, and what was said of it is kept. */
import { describeIssues } from "../output/issues.ts";
import { readText } from "../output/read-text.ts";
import type { OutputSchema } from "../output/schema.ts";
import type { Submission } from "../output/submit-tool.ts";
import type { RunEvent } from "../vocabulary/events.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { AttemptOutput, OutputVia } from "../vocabulary/result.ts";

export interface Values {
  /** Judges a value that came by the agent's own way or by the tool. Never rejects. */
  take(via: "native" | "tool", value: unknown): Promise<Submission>;
  /** Resolves when all that came is judged. */
  settled(): Promise<void>;
  /** Looks for a value in the last message, unless one was accepted already. */
  readText(text: string): Promise<void>;
  /** The last value that the schema accepted, as the schema gives it back. */
  readonly accepted: { readonly value: unknown } | undefined;
  /** Aborts with a HarnessError when going on makes no sense: too many wrong values, or a schema that throws. */
  readonly hopeless: AbortSignal;
  readonly summary: AttemptOutput;
}

export interface ValuesOptions {
  readonly schema: OutputSchema;
  /** Undoes what was done to the schema for the way by which it is asked. */
  readonly raise: (value: unknown) => unknown;
  readonly followUp: boolean;
  /** Counted over all attempts of a run. */
  readonly corrections: Corrections;
  readonly publish: (event: RunEvent) => void;
}

/** How often a wrong value may still be corrected. */
export interface Corrections {
  left: number;
}

export function createValues({ schema, raise, followUp, corrections, publish }: ValuesOptions): Values {
  const raw: string[] = [];
  const issues: string[] = [];
  const giveUp = new AbortController();
  let accepted: { readonly value: unknown; readonly via: OutputVia } | undefined;
  let judging: Promise<unknown> = Promise.resolve();

  const accept = (via: OutputVia, value: unknown): void => {
    accepted = { value, via };
    publish({ type: "output", via, valid: true, issues: [] });
  };

  const refuse = (via: OutputVia, found: readonly string[]): void => {
    issues.push(...found);
    publish({ type: "output", via, valid: false, issues: found });
    // A later value may only improve on one that is accepted.
    if (accepted !== undefined) return;
    if (corrections.left > 0) corrections.left--;
    else giveUp.abort(invalidOutput(found));
  };

  const judge = async (via: "native" | "tool", given: unknown): Promise<Submission> => {
    const value = raise(given);
    // What is no JSON at all, as `undefined`, is told too.
    raw.push(String(JSON.stringify(value)));
    try {
      const checked = await schema.check(value);
      if (checked.ok) {
        accept(via, checked.value);
        return { accepted: true };
      }
      const found = describeIssues(checked.issues);
      refuse(via, found);
      return { accepted: false, issues: found };
    } catch (error) {
      giveUp.abort(faultySchema(error));
      return { accepted: false, issues: ["the value could not be checked"] };
    }
  };

  return {
    take(via, value) {
      // One after the other: the last accepted value counts.
      const judged = judging.then(() => judge(via, value));
      judging = judged;
      return judged;
    },
    async settled() {
      await judging;
    },
    async readText(text) {
      if (accepted !== undefined || giveUp.signal.aborted) return;
      raw.push(text);
      try {
        const reading = await readText(text, schema);
        if (reading.ok) accept(reading.via, reading.value);
        else refuse("text", describeIssues(reading.issues));
      } catch (error) {
        giveUp.abort(faultySchema(error));
      }
    },
    get accepted() {
      return accepted;
    },
    hopeless: giveUp.signal,
    get summary() {
      return { ...(accepted && { via: accepted.via }), followUp, issues: [...issues], raw: [...raw] };
    },
  };
}

/** No correction is left. */
export function invalidOutput(issues: readonly string[]): HarnessError {
  return new HarnessError({
    code: "invalid-output",
    message: `No answer fitted the schema; the last one: ${issues.join("; ")}`,
  });
}

function faultySchema(cause: unknown): HarnessError {
  const message = `schema: it threw while it checked a value: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new HarnessError({ code: "invalid-options", option: "schema", reason: "threw", message, cause });
}
