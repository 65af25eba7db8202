/** Whatever the model's side does, a run ends in bounded time, with the code that says what happened, and not as a success. */
import type { ErrorCode } from "../../vocabulary/codes.ts";
import { fault, status, text, type Turn } from "../mock-model/turns.ts";
import { defineBehaviour, hold, type Behaviour } from "./behaviour.ts";
import type { Bench } from "./bench.ts";
import type { Ran } from "./ran.ts";

interface Case {
  /** What the model's side does. */
  readonly when: string;
  /** `refused`: nothing listens. */
  readonly turn: Turn | "refused";
  /** That of the design first; then those of agents that can't tell the two apart. */
  readonly codes: readonly [ErrorCode, ...ErrorCode[]];
  /** It comes at once. Otherwise after a first step that went well, which a failed run must not hide. */
  readonly atOnce?: true;
  /** Nothing of it ends by itself: our clock does. */
  readonly hangs?: true;
  /** There are agents that tell nobody, or only after many minutes. */
  readonly mayBeHidden?: true;
}

/** In every message that the model's side sends. */
const words = "the lemons are sour";

const answers = (code: number, name?: string): Turn =>
  status(code, { message: `Refused: ${words}.`, ...(name !== undefined && { code: name }) });

const cases: Readonly<Record<string, Case>> = {
  "400": { when: "answers 400", turn: answers(400), codes: ["agent-error"], atOnce: true },
  "401": { when: "answers 401", turn: answers(401), codes: ["authentication"], atOnce: true },
  "402": { when: "answers 402", turn: answers(402), codes: ["quota-exhausted"], atOnce: true },
  "403": { when: "answers 403", turn: answers(403), codes: ["authentication"], atOnce: true },
  "404": { when: "answers 404", turn: answers(404), codes: ["model-not-found"], atOnce: true },
  "413": { when: "answers 413", turn: answers(413), codes: ["context-overflow"], atOnce: true },
  context: {
    when: "says that the context is full",
    // The back ends' own words: agents know them by these.
    turn: status(400, { code: "context_length_exceeded" }),
    codes: ["context-overflow"],
    atOnce: true,
  },
  "429": { when: "answers 429", turn: answers(429), codes: ["rate-limited"], atOnce: true },
  quota: {
    when: "answers 429 because the account is empty",
    turn: status(429, { code: "insufficient_quota" }),
    codes: ["quota-exhausted"],
    atOnce: true,
    mayBeHidden: true,
  },
  "500": { when: "answers 500", turn: answers(500), codes: ["overloaded"] },
  "503": { when: "answers 503", turn: answers(503), codes: ["overloaded"], atOnce: true },
  "529": { when: "answers 529", turn: answers(529), codes: ["overloaded"], atOnce: true },
  refused: { when: "refuses the connection", turn: "refused", codes: ["network"], atOnce: true },
  reset: { when: "resets the connection", turn: fault("reset"), codes: ["network"], mayBeHidden: true },
  cut: { when: "cuts its answer", turn: fault("cut"), codes: ["network", "protocol"] },
  "hang-before-headers": {
    when: "does not answer",
    turn: fault("hang-before-headers"),
    codes: ["timeout"],
    hangs: true,
  },
  "hang-mid-stream": {
    when: "falls silent in its answer",
    turn: fault("hang-mid-stream"),
    codes: ["timeout"],
    hangs: true,
  },
  malformed: { when: "sends what is no JSON", turn: fault("malformed"), codes: ["protocol", "network"] },
  "no-finish": {
    when: "ends its answer without an end",
    turn: fault("no-finish"),
    codes: ["protocol", "network"],
    mayBeHidden: true,
  },
  "not-sse": { when: "answers with a web page", turn: fault("not-sse"), codes: ["protocol", "network"], atOnce: true },
  "stream-error": {
    when: "sends an error inside its answer",
    turn: fault("stream-error", { message: `Broken: ${words}.` }),
    codes: ["overloaded", "agent-error", "protocol"],
  },
  "output-limit": {
    when: "stops at its output limit",
    turn: text("Once upon a", { finish: "length" }),
    codes: ["output-truncated"],
    atOnce: true,
    mayBeHidden: true,
  },
};

export const failureBehaviours: readonly Behaviour[] = Object.entries(cases).map(([name, each]) =>
  defineBehaviour({
    id: `failure-${name}`,
    title: `ends with the code ${each.codes.join(" or ")} when its model ${each.when}`,
    required: each.mayBeHidden !== true,
    async prove(bench) {
      const ran = await runInto(each, bench);
      const { status: ended, error, events } = ran;
      hold(ended === "failed", "The run should fail", ended === "completed" ? { ended, result: ran.result } : error);
      hold(each.codes.includes(error?.code as ErrorCode), `The code should be ${each.codes.join(" or ")}`, error);
      hold(error?.message.trim() !== "", "The error should have a message");
      const agentSaidSo = events.some((event) => event.type !== "run-finish" && JSON.stringify(event).includes(words));
      const isKept = error?.message.includes(words) === true;
      hold(!agentSaidSo || isKept, "The error should keep the words of the model's side", error);
      return each.codes.length > 1 ? error?.code : undefined;
    },
  }),
);

async function runInto({ turn, atOnce, hangs }: Case, bench: Bench): Promise<Ran> {
  const before = atOnce ? [] : [bench.subject.calls.shell("true")];
  const scene = turn === "refused" ? {} : { turns: [...before, turn] };
  // The clock must leave the time for the steps before.
  const total = hangs ? 5_000 + 2 * (await bench.slowestStartMs()) : undefined;
  const ran = await bench.run(scene, { options: { raw: true, ...(total !== undefined && { timeouts: { total } }) } });
  if (turn !== "refused") hold(ran.requests.length > before.length, "The model should be asked", ran.error);
  if (total !== undefined) hold(ran.durationMs < total + 15_000, "The run should end in time", ran.durationMs);
  return ran;
}
