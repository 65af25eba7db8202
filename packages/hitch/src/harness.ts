/** The front door: one call, any agent. */
import { providers } from "./providers/index.ts";
import { planRun, type Plan } from "./run/plan.ts";
import { mergeOptions, type HarnessOptions } from "./run/options.ts";
import type { Surroundings } from "./run/resolve.ts";
import { startRun, type Run } from "./run/run.ts";
import { HarnessError } from "./vocabulary/error.ts";

/** Runs coding agents; made by `harness.with`, and itself the one without defaults. */
export interface Harness {
  /**
   * Runs a coding agent and gives a `Run`: await it for the result, iterate it for the events, or both.
   * It starts at the call. Rejects with a `HarnessError`.
   *
   * @example
   * const { text, cost } = await harness("Why do the tests fail?", { provider: "opencode", model: "openai/gpt-5.5" });
   */
  (prompt: string, options?: HarnessOptions): Run;
  /**
   * Binds defaults. Objects (`env`, `timeouts`, `retries`, `providerOptions`, `metadata`) are merged by key, everything else
   * is replaced.
   *
   * @example
   * const review = harness.with({ provider: "pi", permissions: "read-only" });
   * await review("Look at the last commit.", { cwd: "/home/me/project" });
   */
  with(defaults: HarnessOptions): Harness;
  /** Tells what would be run (program, arguments, environment, files, permissions) and what would be refused. Runs nothing. */
  plan(prompt: string, options?: HarnessOptions): Plan;
}

/** Runs any coding agent as a function call. See `Harness`. */
export const harness: Harness = bind({});

const surroundings: Surroundings = {
  env: process.env,
  get cwd() {
    try {
      return process.cwd();
    } catch (cause) {
      const message = "the current directory was removed";
      throw new HarnessError({ code: "cwd-not-found", option: "cwd", reason: "missing", message, cause });
    }
  },
};

function bind(defaults: HarnessOptions): Harness {
  const lookup = {
    find: (id: string) => providers.find((provider) => provider.id === id),
    ids: providers.map(({ id }) => id),
  };
  const run = (prompt: string, options: HarnessOptions = {}): Run =>
    startRun(prompt, mergeOptions(defaults, options), lookup, surroundings);
  return Object.assign(run, {
    with: (more: HarnessOptions) => bind(mergeOptions(defaults, more)),
    plan: (prompt: string, options: HarnessOptions = {}) =>
      planRun(prompt, mergeOptions(defaults, options), lookup, surroundings),
  });
}
