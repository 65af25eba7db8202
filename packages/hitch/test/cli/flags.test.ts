import { describe, expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../src/cli/duration.ts";
import { parseDefaults, readDefaults } from "../../src/cli/defaults.ts";
import { asksForJson } from "../../src/cli/program.ts";
import { addExtraArgs, buildOptions } from "../../src/cli/run-options.ts";

describe("a length of time", () => {
  test.each([
    ["500ms", 500],
    ["30s", 30_000],
    ["5m", 300_000],
    ["1.5h", 5_400_000],
    ["off", false],
    ["30", undefined],
    ["-5s", undefined],
    ["1h30m", undefined],
    ["5 m", undefined],
    ["", undefined],
  ])("%s is %s", (text, durationMs) => expect(parseDuration(text)).toBe(durationMs));

  test.each([
    [500, "500ms"],
    [1500, "1.5s"],
    [90_000, "1.5m"],
    [1_800_000, "30m"],
    [123_456, "123456ms"],
    [0, "0ms"],
    [undefined, "off"],
  ])("%s is written %s", (durationMs, text) => expect(formatDuration(durationMs)).toBe(text));
});

describe("--json is seen before the options are understood", () => {
  test.each([
    [["run", "--bogus", "--json"], true],
    [["run", "--", "--json"], false],
    [["run", "say --json"], false],
  ])("%j: %s", (argv, json) => expect(asksForJson(argv)).toBe(json));
});

describe("flags become options of the library", () => {
  test.each([
    [{}, {}],
    [{ journal: true }, {}],
    [{ journal: false }, { journal: false }],
    [{ provider: ["codex=gpt-5.5=x"] }, { provider: { provider: "codex", model: "gpt-5.5=x" } }],
    [{ provider: ["a", "b=c"] }, { provider: ["a", { provider: "b", model: "c" }] }],
    [{ timeout: "off", idleTimeout: "5s" }, { timeouts: { total: false, idle: 5000 } }],
    [{ retries: "0" }, { retries: { transient: 0 } }],
    [{ maxUsd: "2.50", maxTurns: "12" }, { limits: { usd: 2.5, turns: 12 } }],
    [{ maxUsd: ".5", maxTokens: "100000" }, { limits: { usd: 0.5, tokens: 100_000 } }],
    [{ env: ["A=1", "B=", "C=x=y"] }, { env: { A: "1", B: "", C: "x=y" } }],
    [{ sandbox: true }, { sandbox: true }],
    [{ sandboxNetwork: ["a:1", "b:2"] }, { sandbox: { network: ["a:1", "b:2"] } }],
    [{ sandbox: true, sandboxWritable: ["/srv"] }, { sandbox: { writable: ["/srv"] } }],
    [{ systemPrompt: "a" }, { systemPrompt: "a" }],
    [{ appendSystemPrompt: "" }, { systemPrompt: { append: "" } }],
  ])("%j", (flags, options) => expect(withoutUndefined(buildOptions(flags, {}))).toEqual(options));

  test("flags win over defaults, objects by key", () => {
    const defaults = { model: "a", timeouts: { total: 1, idle: 2 }, env: { A: "1", B: "1" } };
    const options = buildOptions({ model: "b", idleTimeout: "5s", env: ["B=2"] }, defaults);
    expect(options).toMatchObject({ model: "b", timeouts: { total: 1, idle: 5000 }, env: { A: "1", B: "2" } });
  });

  test("a flag wins over the model of a provider in the file", () => {
    const options = buildOptions({ model: "b" }, { provider: { provider: "codex", model: "a", effort: "low" } });
    expect(options.provider).toEqual({ provider: "codex", model: "b", effort: "low" });
  });

  test.each([{ provider: "codex" }, { provider: { provider: "codex", model: "a" } }])(
    "extra arguments go to the provider: %j",
    ({ provider }) => {
      const options = addExtraArgs({ provider, providerOptions: { codex: { knob: 1 } } }, ["-x"]);
      expect(options.providerOptions).toEqual({ codex: { knob: 1, extraArgs: ["-x"] } });
    },
  );

  test("and into the choice that would win over them", () => {
    const provider = { provider: "codex", providerOptions: { codex: { extraArgs: ["-a"] } } };
    expect(addExtraArgs({ provider }, ["-x"]).provider).toEqual({
      provider: "codex",
      providerOptions: { codex: { extraArgs: ["-x"] } },
    });
  });
});

test("defaults: HITCH_* over the file, and an empty variable is none", () => {
  const nowhere = { XDG_CONFIG_HOME: "/home/me/nowhere" };
  expect(readDefaults({ ...nowhere, HITCH_PROVIDER: "codex", HITCH_MODEL: "" })).toEqual({ provider: "codex" });
  expect(parseDefaults("config.json", `{ "timeouts": { "total": 1000 }, /* all */ "lenient": true, }`)).toEqual({
    timeouts: { total: 1000 },
    lenient: true,
  });
});

function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined));
}
