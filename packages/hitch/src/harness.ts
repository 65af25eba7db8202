/** The front door: one call, any agent. */
import { newRunId } from "./effects/process/run-id.ts";
import type { OutputOf, Schema } from "./output/schema.ts";
import { currentDirectory } from "./run/current-directory.ts";
import { runEach, type Call, type EachLimits } from "./run/each.ts";
import { mergeOptions, type HarnessOptions } from "./run/options.ts";
import type { Plan } from "./run/plan.ts";
import { promiseRun } from "./run/promised-run.ts";
import type { Surroundings } from "./run/resolve.ts";
import type { Outcome, Run } from "./run/run.ts";

/** Runs coding agents; made by `harness.with`, and itself the one without defaults. `Bound` is the schema in the defaults. */
export interface Harness<Bound extends Schema | undefined = undefined> {
  /**
   * Runs a coding agent and gives a `Run`: await it for the result, iterate it for the events, or both.
   * It starts at the call. Rejects with a `HarnessError`. With `schema` the result's `output` is a value of its type.
   *
   * @example
   * const { output } = await harness("Which files are the largest?", {
   *   provider: "opencode",
   *   schema: z.array(z.object({ path: z.string(), bytes: z.int() })),
   * });
   * output[0]?.path;
   */
  <Given extends Schema | undefined = undefined>(
    prompt: string,
    options?: Options<Given>,
  ): Run<OutputOf<Over<Given, Bound>>>;
  /**
   * Binds defaults. Objects (`env`, `timeouts`, `limits`, `retries`, `providerOptions`, `mcpServers`, `metadata`) are merged by key,
   * everything else is replaced.
   *
   * @example
   * const review = harness.with({ provider: "pi", permissions: "read-only" });
   * await review("Look at the last commit.", { cwd: "/home/me/project" });
   */
  with<Given extends Schema | undefined = undefined>(defaults: Options<Given>): Harness<Over<Given, Bound>>;
  /**
   * Runs many prompts, or one prompt with many providers, side by side: each in a git worktree of its own unless
   * `workspace` says otherwise. Gives how each ended, in the order of the calls; one that fails ends no other. What a call
   * says itself wins over `options`. Rejects only with `invalid-options` about the calls as a whole.
   *
   * @example
   * const outcomes = await harness.each(
   *   ["codex", "claude-code"].map((provider) => ({ prompt: "Make the tests pass.", provider })),
   *   { concurrency: 2 },
   * );
   * outcomes[0]?.result?.changes.patch;
   */
  each<Given extends Schema | undefined = undefined>(
    calls: readonly (string | Call)[],
    options?: Options<Given> & EachLimits,
  ): Promise<readonly Outcome<OutputOf<Over<Given, Bound>>>[]>;
  /** Tells what would be run (program, arguments, environment, files, permissions) and what would be refused. Runs nothing. */
  plan(prompt: string, options?: HarnessOptions): Promise<Plan>;
}

/** Not an intersection of two schemas: comparing one of ArkType with that is too deep for the compiler. */
type Options<Given> = Omit<HarnessOptions, "schema"> & { readonly schema?: Given | undefined };

/** What is not given is taken from the defaults. */
type Over<Given, Bound> = [Given] extends [undefined] ? Bound : Given;

/** Runs any coding agent as a function call. See `Harness`. */
export const harness: Harness = bind({});

/** The types of outputs are a promise to the caller: what the schema accepted is of its type. */
function bind<Bound extends Schema | undefined>(defaults: HarnessOptions): Harness<Bound> {
  const start = (prompt: string, options: HarnessOptions, around: Surroundings): Run => {
    const id = newRunId();
    return promiseRun(id, async () => {
      const { lookup, startRun } = await import("./engine.ts");
      return { run: startRun(prompt, options, lookup, around, id) };
    });
  };
  const run = (prompt: string, options: HarnessOptions = {}): Run =>
    start(prompt, mergeOptions(defaults, options), lookAround());
  return Object.assign(run, {
    with: (more: HarnessOptions) => bind<never>(mergeOptions(defaults, more)),
    each(calls: readonly (string | Call)[], options: HarnessOptions & EachLimits = {}) {
      const { concurrency, concurrencyByProvider, ...shared } = options;
      const around = lookAround();
      const usual = { workspace: "worktree", provider: around.env.HITCH_PROVIDER || undefined } as const;
      const below = mergeOptions(mergeOptions(usual, defaults), shared);
      return runEach(
        calls,
        { concurrency, concurrencyByProvider },
        (own) => mergeOptions(below, own),
        (prompt, merged) => start(prompt, merged, around),
      );
    },
    async plan(prompt: string, options: HarnessOptions = {}) {
      const around = lookAround();
      const { lookup, planRun } = await import("./engine.ts");
      return planRun(prompt, mergeOptions(defaults, options), lookup, around);
    },
  }) as Harness<Bound>;
}

/** As it is at the call: what the program changes afterwards is for later runs. */
function lookAround(): Surroundings {
  const env = { ...process.env };
  const place = tryTo(currentDirectory);
  return {
    env,
    get cwd() {
      if ("error" in place) throw place.error;
      return place.value;
    },
  };
}

function tryTo<Value>(step: () => Value): { value: Value } | { error: unknown } {
  try {
    return { value: step() };
  } catch (error) {
    return { error };
  }
}
