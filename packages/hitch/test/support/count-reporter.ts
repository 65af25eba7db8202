import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

/**
 * Writes how many tests passed, failed and were skipped to the file that `HITCH_TEST_COUNTS` names, for the closing line of
 * `npm test`. A file that could not be run and an error outside of any test count as failures too.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const path = process.env.HITCH_TEST_COUNTS;
    if (path === undefined) return;
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const count = (state: string) => states.filter((each) => each === state).length;
    const brokenSuites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const outside = brokenSuites.filter((suite) => suite.errors().length > 0).length + unhandledErrors.length;
    const failed = count("failed") + count("pending") + outside;
    writeFileSync(path, JSON.stringify({ passed: count("passed"), failed, skipped: count("skipped") }));
  }
}
