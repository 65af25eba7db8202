/** A place with a model behind it, where runs of the agent take place as those of a user who lives there. */
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { HarnessOptions } from "../../run/options.ts";
import { startRun, type Run } from "../../run/run.ts";
import { refusedUrl } from "../mock-model/refused-url.ts";
import { startMockModel, type MockModel } from "../mock-model/server.ts";
import type { Turns } from "../mock-model/script.ts";
import { hold } from "./behaviour.ts";
import { startHost, type Host } from "./host.ts";
import type { Trace } from "./processes.ts";
import { followRun, type Ran } from "./ran.ts";
import type { Endpoint, Place, Subject } from "./subject.ts";

/** What there is before the runs. */
export interface Scene extends Pick<Endpoint, "contextTokens" | "outputTokens"> {
  /** What the model does. Without it nothing listens at the endpoint. */
  readonly turns?: Turns;
  /** Variables of the caller's own environment, beside the usual ones. */
  readonly inherited?: Readonly<Record<string, string>>;
  /** The endpoint is in the options of each run alone; the user has no configuration. */
  readonly byOptions?: true;
}

/** One call of Hitch. */
export interface Call {
  /** Default: `Do it.` */
  readonly prompt?: string;
  /** Over those that every run takes: the agent, its model, the place, `unrestricted`, three minutes. */
  readonly options?: HarnessOptions;
}

/** Disposing of it ends what still runs on it. */
export interface Stage extends AsyncDisposable {
  readonly place: Place;
  /** The agent's directory for temporary files. */
  readonly temp: string;
  /** By what its processes can be recognised. */
  readonly trace: Trace;
  readonly model: MockModel | undefined;
  /** Starts a run and comes back: not with the run itself, which would be awaited. */
  start(call?: Call): Promise<{ readonly run: Run }>;
  /** Follows a started run to its end. */
  follow(run: Run): Promise<Ran>;
  /** Runs to the end. */
  run(call?: Call): Promise<Ran>;
  /** Runs in a program of its own, which can be killed. */
  startHost(call?: Call): Promise<Host>;
}

export interface Ground {
  /** Exists and is empty. */
  readonly directory: string;
  /** Where Hitch keeps its records. */
  readonly stateDirectory: string;
  readonly path: string;
  readonly beforeStart: (model: MockModel | undefined) => Promise<() => void>;
  /** Called when a run has asked its model for the first time, so long after its start. */
  onAsked(afterMs: number): void;
}

const longestMs = 180_000;

export async function openStage(subject: Subject, scene: Scene, ground: Ground): Promise<Stage> {
  const { directory, stateDirectory, path, beforeStart } = ground;
  const place = { cwd: join(directory, "project"), home: join(directory, "home") };
  const temp = join(directory, "tmp");
  for (const made of [place.cwd, place.home, temp]) mkdirSync(made);
  if (scene.byOptions === true) {
    hold(subject.configureByOptions !== undefined, "The agent should take an endpoint without a file of the user's");
  }
  const model = scene.turns && (await startMockModel({ script: scene.turns }));
  const url = model?.url ?? (await refusedUrl());
  const given = configure(subject, scene, place, { ...scene, url, baseUrl: `${url}/v1` });

  const endings: (() => Promise<void>)[] = [];
  const mark = randomUUID();
  const own = { HOME: place.home, TMPDIR: temp, PATH: path, HITCH_STATE_DIR: stateDirectory, [markName]: mark };
  const inherited = { ...withoutUser(subject, process.env), ...own, ...scene.inherited };
  const optionsOf = (options: HarnessOptions = {}): HarnessOptions => ({
    model: subject.model,
    cwd: place.cwd,
    permissions: "unrestricted",
    ...(subject.providerOptions && { providerOptions: subject.providerOptions }),
    ...given,
    ...options,
    timeouts: { total: longestMs, ...options.timeouts },
    env: { ...given.env, ...options.env },
  });
  const start = async ({ prompt = "Do it.", options }: Call = {}) => {
    const started = await beforeStart(model);
    const surroundings = { env: inherited, cwd: place.cwd };
    const run = startRun(prompt, { ...optionsOf(options), provider: subject.provider }, noOthers, surroundings);
    endings.push(() => run.cancel("its stage is closed"));
    void run.settled.then(started);
    return { run };
  };

  const follow = async (run: Run): Promise<Ran> => {
    const startedAtMs = Date.now();
    const ran = await followRun(run, model?.requests ?? [], place);
    const [first] = ran.requests;
    if (first !== undefined) ground.onAsked(first.receivedAt.getTime() - startedAtMs);
    return ran;
  };

  return {
    place,
    temp,
    trace: { variable: `${markName}=${mark}`, directory: place.cwd },
    model,
    start,
    follow,
    run: async (call) => follow((await start(call)).run),
    async startHost({ prompt = "Do it.", options } = {}) {
      const started = await beforeStart(model);
      const host = startHost(subject, { prompt, options: optionsOf(options) }, inherited);
      endings.push(async () => host.kill("SIGKILL"));
      void host.exit.then(started, started);
      return host;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(endings.map((end) => end()));
      await model?.close();
    },
  };
}

function configure(subject: Subject, { byOptions }: Scene, place: Place, endpoint: Endpoint): HarnessOptions {
  const given = byOptions === true ? subject.configureByOptions?.(endpoint) : undefined;
  return given ?? { env: subject.configure(place, endpoint) };
}

/** Carried by every process of a stage. */
const markName = "HITCH_CONFORMANCE";

const noOthers = { find: () => undefined, ids: [] };

/** The environment without what belongs to the user who runs the suite: their directories and their logins. */
function withoutUser({ provider }: Subject, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { login, home } = provider.agent;
  const logins = new Set([...login.env, home?.env]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("XDG_") && !logins.has(name)));
}
