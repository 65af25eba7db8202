import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Finding } from "../../src/run/doctor/finding.ts";
import type { ProviderReport } from "../../src/run/doctor/provider.ts";
import { pi as piProvider } from "../../src/providers/pi.ts";
import { providers } from "../../src/providers/index.ts";
import { ended, eventually, hitch, lastOf, makeUser, startHitch, type User } from "./command.ts";

interface Report {
  readonly usable: readonly string[];
  readonly machine: readonly Finding[];
  readonly providers: readonly ProviderReport[];
}

/** A user whose agents answer `--version` as these shell commands say; without them there is no agent. */
function userWith(programs: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}): User {
  const user = makeUser({}, env);
  const bin = join(user.directory, "bin");
  rmSync(bin, { recursive: true });
  mkdirSync(bin);
  for (const [name, commands] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${commands}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return plain(user);
}

/** Whoever runs the tests may want colours. */
function plain(user: User): User {
  return { ...user, env: { ...user.env, FORCE_COLOR: undefined } };
}

const pi = "echo 0.87.1";

async function examine(user: User, ...flags: string[]): Promise<Report & { readonly code: number | null }> {
  const { stdout, stderr, code } = await hitch(user, ["doctor", "--json", ...flags]);
  expect(stderr).toBe("");
  return { ...(JSON.parse(stdout) as Report), code };
}

function findingOf(report: Report, check: string): Finding | undefined {
  return [...report.machine, ...report.providers.flatMap(({ findings }) => findings)].find(
    (one) => one.check === check,
  );
}

describe("hitch doctor ends with", () => {
  test("3 and how to install each when there is no agent", async () => {
    const { stdout, stderr, code } = await hitch(userWith({}), ["doctor"]);
    expect({ stderr, code }).toEqual({ stderr: "", code: 3 });
    expect(stdout).toContain("→ Install it: npm install -g opencode-ai\n");
    expect(stdout).toContain("→ Install it: npm install -g @earendil-works/pi-coding-agent\n");
    expect(stdout).toMatch(/\nNone of the \d+ can be used\.\n$/);
  });

  test("0 when one can be used, 3 when another one was asked for", async () => {
    const user = userWith({ pi });
    expect(await examine(user)).toMatchObject({ code: 0, usable: ["pi"] });
    expect(await examine(user, "-p", "pi")).toMatchObject({ code: 0, usable: ["pi"] });
    expect(await examine(user, "-p", "pi", "-p", "opencode")).toMatchObject({ code: 3, usable: ["pi"] });
  });

  test("2 when no run could work there, whatever the agent", async () => {
    const report = await examine(userWith({ pi }), "-C", "nowhere");
    expect(report).toMatchObject({ code: 2, usable: [] });
    expect(findingOf(report, "directory")).toMatchObject({ status: "problem", code: "cwd-not-found" });
  });

  test("2 when the model has a wrong form", async () => {
    const report = await examine(userWith({ pi }), "-p", "pi", "-m", "gpt");
    expect(report).toMatchObject({ code: 2, usable: [] });
    expect(findingOf(report, "options")).toMatchObject({ status: "problem", code: "invalid-options" });
  });

  test("2 when nobody knows the provider", async () => {
    const { stdout, code } = await hitch(userWith({ pi }), ["doctor", "-p", "nobody", "--json"]);
    expect(code).toBe(2);
    expect(lastOf(stdout)).toMatchObject({ error: { code: "invalid-options", option: "provider" } });
  });

  test("the code of a probe that failed", async () => {
    // Says that no key was found, as pi 0.87.1 does.
    const words = "No API key found for anthropic.";
    const report = await examine(
      userWith({ pi: `[ "$1" = --version ] && ${pi} && exit; echo '${words}' >&2; exit 1` }),
      ...["-p", "pi", "--probe"],
    );
    expect(report.code).toBe(3);
    const finding = findingOf(report, "probe");
    expect(finding).toMatchObject({ status: "problem", code: "authentication" });
    expect(finding?.message).toContain(words);
  });

  test("130 at Ctrl-C while an agent hangs", async () => {
    const user = userWith({ pi: 'touch "$0.started"; sleep 600' });
    const child = startHitch(user, ["doctor", "-p", "pi"]);
    const end = ended(child);
    await eventually(() => existsSync(join(user.directory, "bin", "pi.started")));
    child.kill("SIGINT");
    const { stderr, code } = await end;
    expect(code).toBe(130);
    expect(stderr).toMatch(/^hitch: cancelled: /);
  });
});

describe("hitch doctor tells", () => {
  test("of an older version and a login, never its value", async () => {
    const secret = "sk-0123456789abcdef";
    const user = userWith({ pi: "echo 0.1.0" }, { OPENAI_API_KEY: secret });
    const { stdout } = await hitch(user, ["doctor", "-p", "pi"]);
    expect(stdout).toContain("! version      warning: 0.1.0, older than the tested 0.87.1\n");
    expect(stdout).toContain("✓ login        yes: OPENAI_API_KEY");
    expect(stdout).not.toContain(secret);
  });

  test("the answer of a probe", async () => {
    const user = makeUser({ answer: "OK" });
    const report = await examine(user, "-p", "pi", "--probe");
    expect(report).toMatchObject({ code: 0, providers: [{ probe: { text: "OK" } }] });
    expect(findingOf(report, "probe")?.message).toMatch(/^"OK" in [\d.]+ s, cost unknown$/);
    expect(user.started()).toMatchObject({ stdin: "Reply with the word OK." });
    expect(user.started()?.cwd).not.toBe(user.directory);
  });

  test("without colours and without broken lines in a file", async () => {
    const { stdout } = await hitch(userWith({ pi }), ["doctor"]);
    expect(stdout).not.toContain("\u001b");
    expect(stdout).toContain("looked for ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY, OPENROUTER_API_KEY, ~/.pi");
  });
});

describe("hitch providers", () => {
  test("lists all, one object a line, and starts none", async () => {
    const user = makeUser();
    const { stdout, stderr, code } = await hitch(user, ["providers", "--json"]);
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    const list = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { provider: string; executable: string | null });
    expect(list.map(({ provider }) => provider)).toEqual(providers.map(({ id }) => id));
    expect(list.map(({ executable }) => executable)).toEqual(
      providers.map(({ id }) => (id === "pi" ? join(user.directory, "bin", "pi") : null)),
    );
    expect(list).toContainEqual(
      expect.objectContaining({
        provider: "pi",
        enforcedBy: piProvider.capabilities.enforcedBy,
        session: true,
        output: ["text"],
      }),
    );
    expect(user.started()).toBeUndefined();
  });

  test("is a table with a line for each", async () => {
    const { stdout } = await hitch(plain(makeUser()), ["providers"]);
    const [headings = "", ...rows] = stdout.split("\n");
    expect(headings).toMatch(/^PROVIDER +HERE +READ-ONLY/);
    expect(rows.slice(0, providers.length).map((row) => row.split(" ")[0])).toEqual(providers.map(({ id }) => id));
    expect(rows.find((row) => row.startsWith("pi "))).toMatch(/^pi +yes +rules +nothing +fork +text +all +no +yes$/);
  });
});
