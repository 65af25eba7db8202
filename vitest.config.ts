import { defineConfig } from "vitest/config";
import { tier } from "./packages/hitch/test/support/tier.ts";
import { describeTestRun } from "./packages/hitch/test/support/test-run.ts";

const support = "./packages/hitch/test/support";

export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts"],
    exclude: {
      quick: ["**/real/{thorough,all}/**", "**/test/conformance/*.test.ts"],
      thorough: ["**/real/all/**"],
      // It checks the page that this tier writes.
      all: ["**/conformance-page.test.ts"],
    }[tier],
    env: describeTestRun(),
    globalSetup: [`${support}/global-setup.ts`],
    setupFiles: [`${support}/file-setup.ts`],
    // A process per file: what a file leaves behind is then known to be its own.
    pool: "forks",
    isolate: true,
    // Most of the time is spent waiting for agents, so one file more than there are cores pays off.
    maxWorkers: 3,
    // On a noisy machine of CI an agent may miss a generous deadline; a test that needed its second try is named.
    retry: process.env.CI ? 1 : 0,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    reporters: ["default", `${support}/count-reporter.ts`],
  },
});
