/**
 * Whatever the model's side does, a run of any agent ends: with the code that says what happened, in the agent's own
 * words, with what was used until then, and never as a success.
 */
import { describe, expect, test, vi } from "vitest";
import { fault, status, text, type Turn } from "../../src/testing/index.ts";
import { codes, type ErrorCode } from "../../src/vocabulary/codes.ts";
import { isThorough, tier } from "../support/tier.ts";
import { agents, type RealAgent } from "./support/agents.ts";
import { doors, runLibrary } from "./support/run-agent.ts";

type ByAgent<Value> = Readonly<Record<RealAgent["id"], Value>>;

interface Case {
  readonly name: string;
  /** What the model does after a first step that went well; `undefined`: nothing listens at all. */
  readonly turn: Turn | undefined;
  readonly code: ErrorCode;
  /** What the error's message says, by agent where it is the agent and not the model's side that speaks. */
  readonly says: RegExp | ByAgent<RegExp>;
  /** The agent's own retries, which are shown. Default none. */
  readonly retries?: ByAgent<number>;
  /** Limit of the run, for what would not end by itself: long enough for a first step on a busy machine. */
  readonly totalMs?: ByAgent<number>;
  /** All agents are run from the command line too, and not only in a thorough run. */
  readonly allDoors?: boolean;
  /** What OpenCode does here it also does in another case: left to a thorough run. */
  readonly repeats?: boolean;
}

function when(
  name: string,
  turn: Case["turn"],
  code: ErrorCode,
  says: Case["says"],
  more: Pick<Case, "retries" | "totalMs" | "allDoors" | "repeats"> = {},
): Case {
  return { name, turn, code, says, ...more };
}

const retries = { opencode: 5, pi: 3, codex: 1 };
const onlyCodexRetries = { opencode: 0, pi: 0, codex: 1 };
const codexDoesNotRetry = { ...retries, codex: 0 };
const unconnected = {
  opencode: /^Cannot connect to API: /,
  pi: /^Connection error\.$/,
  codex: /^(Connection failed|stream disconnected before completion): error sending request$/,
};
const unfinished = {
  opencode: /^The model's answers end without saying why/,
  pi: /^Stream ended without finish_reason$/,
  codex: /stream closed before response\.completed$/,
};
const cutOff = {
  opencode: /^Connection reset by server$/,
  pi: /^terminated$/,
  codex: /^stream disconnected before completion: Transport error/,
};
/** Codex has sentences of its own for some answers, whatever the back end said. */
function unlessCodex(usual: RegExp, codex: RegExp): ByAgent<RegExp> {
  return { opencode: usual, pi: usual, codex };
}
const silence = { totalMs: { opencode: 45_000, pi: 20_000, codex: 15_000 } };
const allDoors = true;
const repeats = true;
const soon = { headers: { "retry-after": "1" } };
const quota = { code: "insufficient_quota" };
const tooLong = { code: "context_length_exceeded" };

const limited = unlessCodex(/Rate limit reached/, /last status: 429/);
const emptyAccount = unlessCodex(/You exceeded your current quota/, /^Quota exceeded\./);
const outputLimit = unlessCodex(/stopped at its output limit\.$/, /max_output_tokens$/);

/** OpenCode's own retries take 65 to 75 s where nothing tells it when to come back: those cases come first. */
const cases: readonly Case[] = [
  when("a stream that is cut", fault("cut", { pauseMs: 1_500 }), "network", cutOff, { retries }),
  when("a reset connection", fault("reset"), "network", unconnected, { retries, repeats }),
  when("a refused connection", undefined, "network", unconnected, { retries }),
  when("silence", fault("hang-before-headers"), "timeout", /^The run was not over after \d+ s\.$/, silence),
  when("half an answer", fault("hang-mid-stream"), "timeout", /^The run was not over after \d+ s\.$/, {
    ...silence,
    repeats,
  }),
  when("400", status(400), "agent-error", /The request is not valid\./, { repeats }),
  when("401", status(401), "authentication", /Incorrect API key provided\./, { allDoors, retries: onlyCodexRetries }),
  when("402", status(402), "quota-exhausted", /the balance is used up\./, { repeats, retries: onlyCodexRetries }),
  when("403", status(403), "authentication", /You are not allowed to use this model\./, {
    repeats,
    retries: onlyCodexRetries,
  }),
  when("404", status(404), "model-not-found", /The model does not exist\./),
  when("413", status(413), "context-overflow", /The request is too large\./, { repeats, retries: onlyCodexRetries }),
  when("429", status(429), "rate-limited", limited, { retries: codexDoesNotRetry }),
  when("429 with Retry-After", status(429, soon), "rate-limited", limited, { retries, repeats }),
  when("429 for an empty account", status(429, quota), "quota-exhausted", emptyAccount, {
    repeats,
    retries: { opencode: 5, pi: 0, codex: 0 },
  }),
  when("500", status(500), "overloaded", unlessCodex(/The server had an error/, /high demand/), { retries }),
  when("503", status(503), "overloaded", /The engine is currently overloaded/, { retries, repeats }),
  when(
    "a full context",
    status(400, tooLong),
    "context-overflow",
    unlessCodex(/maximum context length/, /ran out of room/),
  ),
  when("a content filter", text("I will", { finish: "content-filter" }), "content-refused", /content.filter/, {
    repeats,
    retries: onlyCodexRetries,
  }),
  when("the output limit", text("Once", { finish: "length" }), "output-truncated", outputLimit),
  when("a line that is no JSON", fault("malformed"), "protocol", unlessCodex(/JSON/, unfinished.codex), {
    retries: onlyCodexRetries,
  }),
  when("an answer without an end", fault("no-finish"), "protocol", unfinished, {
    retries: { ...retries, opencode: 0 },
  }),
  when("a web page", fault("not-sse"), "protocol", unfinished, { retries: { ...retries, opencode: 0 }, repeats }),
];

vi.setConfig({ maxConcurrency: 8, testTimeout: 300_000 });

/** OpenCode takes seconds to start: all its cases are for a thorough run, and through the other door for one of everything. */
function runsNow({ repeats, allDoors }: Case, agent: RealAgent, door: string): boolean {
  if (agent.id === "pi" || tier === "all") return true;
  const isShown = agent.id === "codex" || repeats !== true || isThorough;
  return isShown && (door === "library" || allDoors === true);
}

const runs = cases.flatMap((each) =>
  agents.flatMap((agent) =>
    Object.entries(doors)
      .filter(([door]) => runsNow(each, agent, door))
      .map(([door, run]) => ({ ...each, agent, run, title: `${each.name}: ${agent.id}, ${door}` })),
  ),
);

describe.concurrent("the model's side answers with", () => {
  test.each(runs)("$title", async ({ agent, run, turn, code, says, totalMs, ...expected }) => {
    const ran = await run(agent, {
      ...(turn && { turns: [agent.calls.shell("true"), turn] }),
      ...(totalMs && { totalMs: totalMs[agent.id] }),
    });
    const { status: ended, error, result } = ran.finish;
    expect({ ended, code: error?.code }).toEqual({ ended: "failed", code });
    expect(error?.message).toMatch(says instanceof RegExp ? says : says[agent.id]);
    expect(result.attempts).toMatchObject([{ verdict: { ok: false, code, message: error?.message } }]);
    expect(ran.events.filter(({ type }) => type === "retry")).toHaveLength(expected.retries?.[agent.id] ?? 0);
    if (turn) {
      expect(ran.requests.length).toBeGreaterThan(1);
      expect(result.turns).toBeGreaterThan(0);
      // Codex counts only turns that went well.
      if (agent.id === "codex") expect(result.usage).toEqual({});
      else expect(result.usage?.inputTokens).toBeGreaterThanOrEqual(1000);
      expect(result.session?.provider).toBe(agent.id);
    }
    if (ran.exitCode !== undefined) expect(ran.exitCode).toBe(codes[code].exitCode);
  });
});

describe.concurrent("an empty answer", () => {
  const both = agents.flatMap((agent) =>
    Object.entries(doors)
      .filter(([door]) => agent.id === "pi" || isThorough || door === "library")
      .map(([door, run]) => ({ agent, door, run })),
  );

  test.each(both)("to the prompt is no success: $agent.id, $door", async ({ agent, run }) => {
    const { finish } = await run(agent, { turns: [fault("empty")] });
    expect(finish).toMatchObject({ status: "failed", error: { code: "no-output" }, result: { turns: 1 } });
  });

  test.each(agents)("after work is one, with a warning: $id", async (agent) => {
    const { finish } = await runLibrary(agent, { turns: [agent.calls.shell("true"), fault("empty")] });
    expect(finish).toMatchObject({ status: "completed", result: { text: "", turns: 2 } });
    expect(finish.result.warnings).toEqual(["The agent used its tools but gave no final text."]);
  });
});
