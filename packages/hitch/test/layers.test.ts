import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, posix } from "node:path";
import { describe, expect, test } from "vitest";
import { readSourceFacts } from "./support/source-facts.ts";

interface Layer {
  /** Layers whose files it may import, besides its own files. */
  readonly mayImport: readonly string[];
  /** No node builtin, no global of the host, no clock, no chance: a function of its parameters. */
  readonly pure?: true;
  /** Its files may not even import each other. */
  readonly separate?: true;
}

const contract = ["vocabulary", "provider.ts"];
const pureParts = [...contract, "policy", "output"];
const spine = [...pureParts, "effects", "run"];
const library = [...spine, "harness.ts", "index.ts", "providers/index.ts"];

/** Who may import whom in src/. A file belongs to the longest path that fits. Arrows go down only. */
const layers: Record<string, Layer> = {
  vocabulary: { mayImport: [], pure: true },
  "provider.ts": { mayImport: ["vocabulary"], pure: true },
  "providers/formats": { mayImport: contract, pure: true },
  providers: { mayImport: [...contract, "providers/formats"], pure: true, separate: true },
  "providers/index.ts": { mayImport: [...contract, "providers"], pure: true },
  policy: { mayImport: contract, pure: true },
  output: { mayImport: [...contract, "policy"], pure: true },
  effects: { mayImport: pureParts },
  run: { mayImport: [...pureParts, "effects"] },
  "engine.ts": { mayImport: [...spine, "providers/index.ts"] },
  "harness.ts": { mayImport: [...spine, "engine.ts"] },
  "index.ts": { mayImport: [...spine, "harness.ts", "providers", "providers/index.ts"] },
  cli: { mayImport: library },
  testing: { mayImport: [...library, "providers", "providers/formats"] },
};

/** Globals that pure code may not use … */
const impureGlobals = [
  ...["process", "globalThis", "global", "console", "fetch", "WebSocket", "EventSource", "navigator", "require"],
  ...["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "performance", "crypto"],
  ...["Date.now", "new Date()", "Math.random"],
];
/** … and those that a provider can't use either, since a bare JavaScript engine has to be enough for it. */
const hostGlobals = [
  "Buffer",
  "URL",
  "URLSearchParams",
  "TextDecoder",
  "TextEncoder",
  "structuredClone",
  "atob",
  "btoa",
];

/** The one folder that may start processes; the conformance suite starts programs that call Hitch, as a user does. */
const processLayer = "effects/process/";
const hostOfSuite = "testing/conformance/host.ts";
const maxLines = { source: 250, provider: 200 };
const maxProviderColumns = 120;

const sourceDirectory = join(import.meta.dirname, "../src");
const sources = readdirSync(sourceDirectory, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path: path.replaceAll("\\", "/"), text: readFileSync(join(sourceDirectory, path), "utf8") }));
const providerIds = sources
  .map(({ path }) => /^providers\/([^/]+)\.ts$/.exec(path)?.[1])
  .filter((id) => id && id !== "index");

describe("the sources keep the rules of the layers", () => {
  test("there are sources to judge", () => {
    expect(sources.map(({ path }) => path)).toEqual(expect.arrayContaining(["provider.ts", "vocabulary/events.ts"]));
  });

  test.each(sources)("$path", ({ path, text }) => {
    expect(violationsOf(path, text)).toEqual([]);
  });
});

describe("a source that breaks a rule is caught", () => {
  test.each([
    ["vocabulary/a.ts", `import type { B } from "../provider.ts";`, "vocabulary may not import provider.ts"],
    ["vocabulary/a.ts", `export { b } from "../run/b.ts";`, "vocabulary may not import run"],
    ["policy/a.ts", `const b = await import("../effects/b.ts");`, "policy may not import effects"],
    ["policy/a.ts", `export type B = import("../effects/b.ts").B;`, "policy may not import effects"],
    ["effects/a.ts", `import "../cli/main.ts";`, "effects may not import cli"],
    ["run/a.ts", `import { providers } from "../providers/index.ts";`, "run may not import providers/index.ts"],
    ["cli/a.ts", `import { server } from "../testing/index.ts";`, "cli may not import testing"],
    ["providers/a.ts", `import { b } from "./b.ts";`, "providers may not import providers"],
    ["providers/a.ts", `import { readFileSync } from "node:fs";`, "may not import the builtin node:fs"],
    ["providers/a.ts", `export const home = () => process.env.HOME;`, "may not use process"],
    ["providers/a.ts", `export const size = (text: string) => Buffer.byteLength(text);`, "may not use Buffer"],
    ["policy/a.ts", `import { join } from "path";`, "may not import the builtin path"],
    ["policy/a.ts", `export const now = () => Date.now();`, "may not use Date.now"],
    ["policy/a.ts", `export const now = () => new Date();`, "may not use new Date()"],
    ["output/a.ts", `setTimeout(() => undefined, 1);`, "may not use setTimeout"],
    ["output/a.ts", `export const all = { console };`, "may not use console"],
    ["run/a.ts", `import { spawn } from "node:child_process";`, `only ${processLayer} may import child_process`],
    ["effects/a.ts", `import { spawn } from "child_process";`, `only ${processLayer} may import child_process`],
    ["effects/a.ts", `export const load = (name: string) => import(name);`, "import(name) can't be judged"],
    ["run/a.ts", `import "../../test/support/proc.ts";`, "../../test/support/proc.ts is outside of src"],
    ["run/a.ts", `export const slow = (id: string) => id === "opencode";`, `the provider id "opencode"`],
    ["run/a.ts", "export const name = (end: string) => `pi ${end}`;", `the provider id "pi"`],
    ["new-folder/a.ts", ``, "belongs to no layer"],
    ["run/a.ts", "\n".repeat(maxLines.source + 1), `more than ${maxLines.source} lines`],
    ["providers/a.ts", "\n".repeat(maxLines.provider + 1), `more than ${maxLines.provider} lines`],
    ["providers/a.ts", `// ${"x".repeat(maxProviderColumns)}`, `longer than ${maxProviderColumns} columns`],
  ])("%s: %s", (path, text, violation) => {
    expect(violationsOf(path, text, ["opencode", "pi"]).join("\n")).toContain(violation);
  });

  test.each([
    ["effects/process/start.ts", `import { spawn } from "node:child_process";`],
    ["policy/a.ts", `export const since = (process: { start: number }, now: number) => now - process.start;`],
    [
      "policy/a.ts",
      `export const codes = { fetch: 1, console: 2 }; export const at = (time: string) => new Date(time);`,
    ],
    ["run/a.ts", `// pi and opencode differ here\nexport const reason = "names the pi session";`],
    ["providers/pi.ts", `import { decode } from "./formats/json.ts"; export const id = "pi";`],
    ["index.ts", `export { pi } from "./providers/pi.ts"; export * from "./harness.ts";`],
  ])("and one that doesn't is not: %s: %s", (path, text) => {
    expect(violationsOf(path, text, ["opencode", "pi"])).toEqual([]);
  });
});

function violationsOf(path: string, text: string, ids = providerIds): string[] {
  const facts = readSourceFacts(path, text);
  const name = layerOf(path);
  if (name === undefined) return [`${path} belongs to no layer: give it one in the table`];
  const imports = facts.imports.flatMap((specifier) => importViolation(path, name, specifier) ?? []);

  const inProviders = path.startsWith("providers/");
  const forbidden = [...(layers[name]?.pure ? impureGlobals : []), ...(inProviders ? hostGlobals : [])];
  const globals = forbidden
    .filter((global) => facts.freeNames.has(global))
    .map((global) => `${name} may not use ${global}`);

  const named = inProviders ? [] : ids.filter((id) => facts.strings.some((string) => string.trim() === id));
  const strings = named.map((id) => `the provider id "${id}" is known to providers/ only`);

  const lineLimit = name === "providers" ? maxLines.provider : maxLines.source;
  const lines = facts.lineCount > lineLimit ? [`more than ${lineLimit} lines: ${facts.lineCount}`] : [];
  const columns =
    inProviders && facts.longestLine > maxProviderColumns ? [`longer than ${maxProviderColumns} columns`] : [];
  return [...imports, ...globals, ...strings, ...lines, ...columns];
}

function importViolation(path: string, name: string, specifier: string): string | undefined {
  const layer = layers[name];
  if (/[()]/.test(specifier)) return `${specifier} can't be judged: write the module's name`;
  const mayStart = path.startsWith(processLayer) || path === hostOfSuite;
  if (/^(node:)?child_process(\/|$)/.test(specifier) && !mayStart) {
    return `only ${processLayer} may import child_process`;
  }
  if (isBuiltin(specifier)) return layer?.pure ? `${name} may not import the builtin ${specifier}` : undefined;
  if (!specifier.startsWith(".")) return undefined;
  const target = posix.join(posix.dirname(path), specifier);
  if (target.startsWith("../")) return `${specifier} is outside of src`;
  const targetLayer = layerOf(target);
  if (targetLayer === undefined) return `${target} belongs to no layer: give it one in the table`;
  const allowed = targetLayer === name ? !layer?.separate : layer?.mayImport.includes(targetLayer);
  return allowed ? undefined : `${name} may not import ${targetLayer} (${specifier})`;
}

function layerOf(path: string): string | undefined {
  const fitting = Object.keys(layers).filter((layer) => path === layer || path.startsWith(`${layer}/`));
  return fitting.sort((left, right) => right.length - left.length)[0];
}
