/** A wrong set-up is told in the words of who noticed it, and no model is asked. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { text } from "../../../src/testing/index.ts";
import { agentById, agents, type RealAgent } from "../support/agents.ts";
import { freshPlace, runLibrary, type RunPlan } from "../support/run-agent.ts";

vi.setConfig({ maxConcurrency: 4, testTimeout: 300_000 });

interface Case {
  readonly name: string;
  readonly agent: RealAgent["id"];
  readonly plan: RunPlan;
  readonly error: { readonly code: string; readonly option?: string; readonly reason?: string };
  readonly says: RegExp;
  /** The agent's process was started. */
  readonly starts: boolean;
}

const anthropicKeys = {
  ANTHROPIC_API_KEY: undefined,
  ANTHROPIC_OAUTH_TOKEN: undefined,
  ANTHROPIC_AUTH_TOKEN: undefined,
};
const asAnthropic = { model: "anthropic/claude-sonnet-4-5", env: anthropicKeys };
const noSlash = { code: "invalid-options", option: "model", reason: "wrong-form" };

const cases: readonly Case[] = [
  {
    ...{ name: "an unknown model", agent: "opencode", plan: { options: { model: "mock/nothing" } }, starts: true },
    ...{ error: { code: "model-not-found" }, says: /mock\/nothing/ },
  },
  {
    ...{ name: "an unknown provider", agent: "opencode", plan: { options: { model: "nobody/model" } }, starts: true },
    ...{ error: { code: "model-not-found" }, says: /nobody\/model/ },
  },
  {
    ...{ name: "an unknown provider", agent: "pi", plan: { options: { model: "nobody/model" } }, starts: true },
    ...{ error: { code: "model-not-found" }, says: /nobody\/model/ },
  },
  {
    ...{ name: "a model without provider", agent: "opencode", plan: { options: { model: "model" } }, starts: false },
    ...{ error: noSlash, says: /"model" has not the form that opencode needs/ },
  },
  {
    ...{ name: "a model without provider", agent: "pi", plan: { options: { model: "model" } }, starts: false },
    ...{ error: noSlash, says: /"model" has not the form that pi needs/ },
  },
  {
    ...{ name: "a missing key", agent: "opencode", plan: { options: asAnthropic }, starts: true },
    ...{ error: { code: "authentication" }, says: /claude-sonnet-4-5/ },
  },
  {
    ...{ name: "a missing key", agent: "pi", plan: { options: asAnthropic }, starts: true },
    ...{ error: { code: "authentication" }, says: /No API key found for anthropic/ },
  },
  {
    ...{ name: "an unknown agent", agent: "opencode", starts: true },
    plan: { options: { providerOptions: { opencode: { agent: "nobody" } } } },
    ...{ error: { code: "invalid-options" }, says: /nobody/ },
  },
  {
    ...{
      name: "a configuration of the wrong shape",
      agent: "opencode",
      plan: { configuration: { mcp: 5 } },
      starts: true,
    },
    ...{ error: { code: "agent-error" }, says: /^Configuration is invalid at .*opencode\.json\n↳ .*mcp/ },
  },
  {
    ...{ name: "a configuration of the wrong shape", agent: "codex", starts: true },
    plan: { configuration: { model_context_window: "many" } },
    ...{ error: { code: "agent-error" }, says: /^Error loading config\.toml: invalid type: string/ },
  },
  {
    ...{ name: "an image that is none", agent: "codex", starts: false },
    plan: { options: { attachments: [fileURLToPath(import.meta.url)] } },
    ...{ error: { code: "unsupported-option", option: "attachments", reason: "no-image" }, says: /no other files/ },
  },
];

describe.concurrent("a run ends at once with", () => {
  const tested = cases.filter(({ agent }) => agents.includes(agentById[agent]));
  test.each(tested)("$name: $agent", async ({ agent, plan, error, says, starts }) => {
    const { finish, requests } = await runLibrary(agentById[agent], { ...plan, turns: [text("Hm.")] });
    expect(finish).toMatchObject({ status: "failed", error });
    expect(finish.error?.message).toMatch(says);
    expect(finish.result.attempts?.length ?? 0).toBe(starts ? 1 : 0);
    expect(requests).toEqual([]);
  });

  test("a broken configuration file: opencode", async () => {
    const place = freshPlace();
    writeFileSync(join(place.cwd, "opencode.jsonc"), '{ "model": ');
    const { finish, requests } = await runLibrary(agentById.opencode, { place, turns: [text("Hm.")] });
    expect(finish).toMatchObject({ status: "failed", error: { code: "agent-error" } });
    expect(finish.error?.message).toMatch(/opencode\.jsonc is not valid JSON/);
    expect(requests).toEqual([]);
  });
});
