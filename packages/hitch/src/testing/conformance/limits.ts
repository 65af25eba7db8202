/** What the caller allows a run to spend is not spent twice. */
import type { HarnessOptions } from "../../run/options.ts";
import { limitKinds, type LimitKind } from "../../vocabulary/limits.ts";
import { text } from "../mock-model/turns.ts";
import { defineBehaviour, hold, holdSame, RefusedByData } from "./behaviour.ts";
import type { Bench } from "./bench.ts";
import { holdCompleted, type Ran } from "./ran.ts";

const spent = { input: 1_000, output: 50 };

/** More calls than any limit here allows. */
const endless = 8;

export const limitBehaviours = [
  defineBehaviour({
    id: "limits",
    title: "ends within one call of its model when it has spent what it may, and not before its answer",
    async prove(bench) {
      const { limits } = bench.subject.provider.capabilities;
      const kept = limitKinds.filter((kind) => limits[kind] === "native" || limits[kind] === "stream");
      if (kept.length === 0) throw new RefusedByData("nobody can keep a limit of dollars, tokens or turns");
      const pick = (amounts: Readonly<Record<LimitKind, number>>) =>
        Object.fromEntries(kept.map((kind) => [kind, amounts[kind]]));

      const within = await work(bench, 1, pick({ usd: 100, tokens: 100_000, turns: 2 }));
      holdCompleted(within, "Done.");
      holdSame(within.result.warnings, [], "The warnings of a run within its limits");
      // Two calls reach them, and the first one does not.
      const usd = ((within.result.cost?.usd ?? Number.NaN) / 2) * 1.5;
      const amounts = { usd, tokens: 1_500, turns: 2 };
      for (const kind of kept) holdEnded(await work(bench, endless, { [kind]: amounts[kind] }), kind);
      return kept.join(", ");
    },
  }),
];

/** Uses a tool so often before it answers. */
function work(bench: Bench, tools: number, limits: HarnessOptions["limits"]): Promise<Ran> {
  const { calls } = bench.subject;
  const turns = (_: unknown, index: number) =>
    index < tools ? calls.shell("true", { usage: spent }) : text("Done.", { usage: spent });
  return bench.run({ turns }, { options: { limits } });
}

function holdEnded({ status, error, result, requests }: Ran, kind: LimitKind): void {
  const code = kind === "turns" ? "turn-limit" : "budget-exceeded";
  hold(status === "failed" && error?.code === code, `The run should end with ${code} for its ${kind}`, error ?? status);
  hold(error.message.includes("The run spent "), "The error should say what was spent", error.message);
  hold((result.turns ?? 0) >= 2, `Two calls should be allowed by the limit of ${kind}`, result.turns);
  hold(requests.length <= 3, `The model should be asked only once more, at most, for its ${kind}`, requests.length);
}
