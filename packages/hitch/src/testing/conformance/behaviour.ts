/** What an agent behind its provider does or doesn't do, and how that is judged. */
import type { Bench } from "./bench.ts";

/** One thing that a caller of Hitch may rely on, whatever the agent. */
export interface Behaviour {
  readonly id: string;
  /** A sentence without a subject: `ends with the code authentication when …`. */
  readonly title: string;
  /** Nobody may do without it: a subject can't except it. */
  readonly required: boolean;
  /** Proves it on a real agent. Rejects, saying what was seen, when it neither holds nor is a declared or told "no". */
  readonly run: (bench: Bench) => Promise<Finding>;
}

/** What was found. `reason` is there when it doesn't hold. */
export interface Finding {
  readonly holds: boolean;
  /** Why not: the subject's exception, or the refusal of an option that the provider's data says it can't honour. */
  readonly reason?: string;
  /** By which of several ways it holds. */
  readonly via?: string;
}

/** A behaviour as its group writes it down. */
export interface Definition {
  readonly id: string;
  readonly title: string;
  readonly required?: boolean;
  /** Rejects when it doesn't hold; gives the way, where there are several. */
  readonly prove: (bench: Bench) => Promise<string | void>;
}

/** Thrown by a run that the provider's own data forbids: nothing was started. */
export class RefusedByData extends Error {}

/** Weighs what was seen against what the subject declares and the provider's data tells. */
export function defineBehaviour({ id, title, required = false, prove }: Definition): Behaviour {
  return {
    id,
    title,
    required,
    async run(bench) {
      const exception = bench.subject.exceptions?.[id];
      if (exception !== undefined && required) throw new Error(`${id} is required: no subject can except it`);
      try {
        const via = await prove(bench);
        if (exception === undefined) return { holds: true, ...(via !== undefined && { via }) };
      } catch (error) {
        if (error instanceof RefusedByData && !required) return { holds: false, reason: exception ?? error.message };
        // A missing program or a mistake of the suite's own says nothing about the agent.
        if (exception === undefined || !(error instanceof NotHeld)) throw error;
        return { holds: false, reason: exception };
      }
      throw new Error(`${id} holds, so the exception is stale: ${exception}`);
    },
  };
}

/** What a check throws: it is about the agent. */
class NotHeld extends Error {}

/** A check: throws unless it holds. `seen` is what there was instead. */
export function hold(condition: boolean, what: string, seen?: unknown): asserts condition {
  if (!condition) throw new NotHeld(seen === undefined ? what : `${what}; seen: ${show(seen)}`);
}

/** Checks that two JSON values are the same. */
export function holdSame(seen: unknown, wanted: unknown, what: string): void {
  hold(JSON.stringify(seen) === JSON.stringify(wanted), `${what} should be ${show(wanted)}`, seen ?? "nothing");
}

function show(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text;
}
