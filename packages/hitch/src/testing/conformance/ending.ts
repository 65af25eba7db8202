/** However a run ends, nothing of it stays alive, also what the agent's tools have started. */
import { join } from "node:path";
import { text } from "../mock-model/turns.ts";
import { defineBehaviour, hold } from "./behaviour.ts";
import type { Bench } from "./bench.ts";
import { contentOf } from "./files.ts";
import { holdNothingAlive, newToken, untilAlive, type Trace } from "./processes.ts";
import { holdCompleted } from "./ran.ts";
import type { Stage } from "./stage.ts";

export const endingBehaviours = [
  defineBehaviour({
    id: "cancel",
    title: "is gone with all its processes when the run is cancelled",
    required: true,
    async prove(bench) {
      await using sleeper = await sleep(bench);
      const { stage, trace } = sleeper;
      const { run } = await stage.start();
      const end = async () => {
        await untilAlive(trace, trace.token);
        await run.cancel("no longer needed");
        await holdNothingAlive(trace);
      };
      const [{ status, error }] = await Promise.all([stage.follow(run), end()]);
      hold(status === "cancelled" && error?.code === "cancelled", "The run should be cancelled", error ?? status);
    },
  }),
  defineBehaviour({
    id: "timeout",
    title: "is gone with all its processes when its time is over",
    required: true,
    async prove(bench) {
      const total = 10_000 + 3 * (await bench.slowestStartMs());
      await using sleeper = await sleep(bench);
      const { stage, trace } = sleeper;
      const { run } = await stage.start({ options: { timeouts: { total } } });
      const [{ error }] = await Promise.all([stage.follow(run), untilAlive(trace, trace.token)]);
      await holdNothingAlive(trace);
      hold(error?.code === "timeout", "The code should be timeout", error);
    },
  }),
  defineBehaviour({
    id: "host-killed",
    title: "is gone with all its processes when its host is killed by SIGKILL",
    required: true,
    async prove(bench) {
      await using sleeper = await sleep(bench);
      const { stage, trace } = sleeper;
      const host = await stage.startHost();
      const early = host.exit.then((exit) => hold(exit === "SIGKILL", "The host ended early", host.said()));
      await Promise.race([untilAlive(trace, trace.token), early]);
      host.kill("SIGKILL");
      await host.exit;
      await holdNothingAlive(trace);
    },
  }),
  defineBehaviour({
    id: "leftovers",
    title: "leaves nothing running in the background when it has finished, and says what was",
    required: true,
    async prove(bench) {
      const token = newToken();
      const command = `nohup sleep ${token} >/dev/null 2>&1 & echo > started.txt`;
      await using stage = await bench.stage({ turns: [bench.subject.calls.shell(command), text("Done.")] });
      const ran = await stage.run();
      await holdNothingAlive({ ...stage.trace, token });
      holdCompleted(ran, "Done.");
      contentOf(join(stage.place.cwd, "started.txt"));
      const isNamed = ran.result.warnings?.some((warning) => warning.includes(token)) === true;
      return isNamed ? undefined : "the agent ends it itself";
    },
  }),
];

interface Sleeper extends AsyncDisposable {
  readonly stage: Stage;
  readonly trace: Trace & { readonly token: string };
}

/** A stage on which the agent's shell tool sleeps for ten minutes, again and again where the agent ends it before. */
async function sleep(bench: Bench): Promise<Sleeper> {
  const token = newToken();
  const stage = await bench.stage({ turns: () => bench.subject.calls.shell(`sleep ${token}`) });
  return {
    stage,
    trace: { ...stage.trace, token },
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}
