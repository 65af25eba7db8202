/** The place where the behaviours of one agent are tried: fresh directories, mock models, and runs of the real agent. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { MockModel } from "../mock-model/server.ts";
import { text } from "../mock-model/turns.ts";
import { behaviours } from "./behaviours.ts";
import type { Ran } from "./ran.ts";
import { openStage, type Call, type Scene, type Stage } from "./stage.ts";
import type { Subject } from "./subject.ts";

export interface BenchOptions {
  /** Where the agent's command is looked for before PATH. */
  readonly path?: string;
  /** Called before each start of the agent; what it gives is called when the run is over. For queueing at busy machines. */
  readonly beforeStart?: (model: MockModel | undefined) => Promise<() => void>;
}

/** Where one agent is tried. Close it when all behaviours have been run. */
export interface Bench extends AsyncDisposable {
  readonly subject: Subject;
  /** Sets a scene for several runs: a fresh place, with a model behind it. */
  stage(scene: Scene): Promise<Stage>;
  /** Runs the agent once on a stage of its own. */
  run(scene: Scene, call?: Call): Promise<Ran>;
  /** How long the slowest start took so far, until the model was asked, in milliseconds. */
  slowestStartMs(): Promise<number>;
  /** Removes all that was written. */
  close(): Promise<void>;
}

/**
 * Opens a bench. It starts nothing.
 *
 * @example
 * import { behaviours, openBench } from "hitch/testing";
 * import { after, test } from "node:test";
 * import { subject } from "./my-agent.ts";
 *
 * const bench = openBench(subject);
 * after(() => bench.close());
 * for (const { title, run } of behaviours) test(`my agent ${title}`, async () => void (await run(bench)));
 */
export function openBench(subject: Subject, { path, beforeStart = noWait }: BenchOptions = {}): Bench {
  const strangers = Object.keys(subject.exceptions ?? {}).filter((id) => !behaviours.some((each) => each.id === id));
  if (strangers.length > 0) throw new Error(`The subject excepts what is no behaviour: ${strangers.join(", ")}`);
  // Short: paths of sockets in it have no room.
  const root = realpathSync(mkdtempSync(join(tmpdir(), "b-")));
  const searched = [path, process.env.PATH].filter((part) => part !== undefined).join(delimiter);
  let stages = 0;
  let slowest = 0;

  const stage = (scene: Scene): Promise<Stage> => {
    stages += 1;
    const directory = join(root, String(stages));
    mkdirSync(directory);
    const ground = { directory, stateDirectory: join(root, "state"), path: searched, beforeStart };
    return openStage(subject, scene, { ...ground, onAsked: (afterMs) => (slowest = Math.max(slowest, afterMs)) });
  };
  const run = async (scene: Scene, call?: Call): Promise<Ran> => {
    await using opened = await stage(scene);
    return await opened.run(call);
  };
  const close = async (): Promise<void> => rmSync(root, { recursive: true, force: true, maxRetries: 5 });

  return {
    subject,
    stage,
    run,
    async slowestStartMs() {
      if (slowest === 0) await run({ turns: [text("Hello.")] });
      return slowest;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

const noWait = async () => () => undefined;
