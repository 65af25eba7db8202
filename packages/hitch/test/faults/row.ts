/** What a row of the table of faults says. A row is data; `perform.ts` makes it happen. */
import type { Scene } from "./scene.ts";

/** When in the life of a run something goes wrong. The agent of `fixtures/agents/story.js` comes by all of them. */
const moments = [
  "spawn",
  "first byte",
  "mid-text",
  "mid-tool",
  "mid-output",
  "journal write",
  "after result",
  "during kill",
] as const;

export type Moment = (typeof moments)[number];

/** One fault at one moment. */
export interface Row {
  /** `fault / moment`, and the agent whose format it is about, if one is. */
  readonly id: string;
  readonly fault: string;
  readonly moment: string;
  /** An error code, `completed` or `cancelled`; `dead` if the host itself is killed. */
  readonly expected: string;
  /** What is done from outside at the moment. */
  readonly strike?: Strike;
  /** What the agent does at the moment, in the steps of `story.js`. */
  readonly does?: readonly Readonly<Record<string, unknown>>[];
  /** What else the story is told, for a moment that is not its own. */
  readonly story?: Readonly<Record<string, unknown>>;
  /** What the caller does, and at which event, by number or type. */
  readonly consumer?: { readonly does: string; readonly at?: number | string };
  /** A provider of Hitch's own, and what its agent prints before it ends. */
  readonly replay?: Replay;
  /** Options of the run; `$CWD`, `$FOLDER` stand for the row's own directories, as in `story` and `around.env`. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** What is around the host. */
  readonly around?: Around;
  /** How much longer its prompt is, and a variable of its environment. */
  readonly padBytes?: number;
  readonly padEnv?: number;
  /** How many such runs at once. Default 1. */
  readonly times?: number;
  /** Made before the host is started. */
  readonly prepare?: (scene: Scene) => void;
  /** What must be true of the outcome besides its verdict: gives what is wrong. */
  readonly check?: (outcome: Outcome, scene: Scene) => string | undefined;
  /** What could not be ended or removed while it lasted goes when the host ends, or at the next start. */
  readonly isSweptLater?: true;
  /** What it can't be played without, beyond what is said in `around`. */
  readonly needs?: "sandbox" | "mounts" | "no namespaces";
  /** Only in the long form. */
  readonly isLong?: true;
}

/** Something done to a run from outside; gives how it is undone before the host is asked what is left. */
export type Strike = (scene: Scene) => (() => void) | void | Promise<void>;

export interface Replay {
  readonly provider: string;
  /** What it prints, byte for byte. */
  readonly stdout: Buffer;
  /** How it ends: a number is an exit code, a name a signal. */
  readonly end: number | string;
}

export interface Around {
  /** Words before the host's command. */
  readonly before?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The state directory is a small disk of its own, in a mount namespace of the host's. */
  readonly ownDisk?: true;
  /** The host is no root. */
  readonly normalUser?: true;
  /** Names of the row's own directories. */
  readonly names?: { readonly cwd?: string; readonly state?: string };
}

/** What the host says at the end of its run. */
export interface Outcome {
  readonly verdicts: readonly string[];
  readonly message?: string;
  readonly warnings: readonly string[];
  readonly output?: unknown;
  readonly files?: readonly string[];
  readonly containment?: { readonly tier: string };
  readonly heard: number;
  readonly lastSeq: number;
  readonly isInOrder: boolean;
  readonly texts: readonly string[];
  /** By how much the host's memory grew at most. */
  readonly grownMb: number;
  /** What the host would have died of. */
  readonly uncaught?: string;
}

/** One fault at several moments. The moments' own verdicts replace the first one. */
export function across(
  fault: string,
  what: Omit<Row, "id" | "fault" | "moment">,
  when: Readonly<Partial<Record<Moment, string>>> | readonly Moment[] = moments,
): Row[] {
  const told = Array.isArray(when)
    ? (when as readonly Moment[]).map((moment) => [moment, what.expected])
    : Object.entries(when);
  return told.map(([moment = "", expected = ""]) => row(fault, moment, { ...what, expected }));
}

export function row(fault: string, moment: string, what: Omit<Row, "id" | "fault" | "moment">): Row {
  return { id: `${fault} / ${moment}`, fault, moment, ...what };
}

/** All moments with one verdict, and others for some. */
export function verdicts(usual: string, others: Partial<Record<Moment, string>> = {}): Record<Moment, string> {
  return { ...(Object.fromEntries(moments.map((moment) => [moment, usual])) as Record<Moment, string>), ...others };
}
