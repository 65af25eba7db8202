/** What a row was measured on: the provider's sources and the exact version of its agent. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { readSourceFacts } from "../../support/source-facts.ts";

const sources = fileURLToPath(new URL("../../../src/", import.meta.url));

/** The exact versions of what an agent's command comes from: its package.json is a copy of that in `agents/`. */
export function versionsOf(executable: string): Readonly<Record<string, string>> {
  const installed = join(dirname(executable), "..", "..", "package.json");
  return (JSON.parse(readFileSync(installed, "utf8")) as Manifest).dependencies;
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Of the provider's file, of what it imports within `providers/`, and of the versions. */
export function hashOf(provider: string, versions: Readonly<Record<string, string>>): string {
  const hash = createHash("sha256").update(JSON.stringify(versions));
  for (const file of filesOf(provider)) hash.update(`\0${file}\0`).update(readFileSync(join(sources, file)));
  return hash.digest("hex").slice(0, 16);
}

/** Paths below `src`, sorted. */
export function filesOf(provider: string): readonly string[] {
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    const { imports } = readSourceFacts(file, readFileSync(join(sources, file), "utf8"));
    const targets = imports.map((specifier) => posix.join(posix.dirname(file), specifier));
    for (const target of targets) if (target.startsWith("providers/")) visit(target);
  };
  // `acp:opencode` is one of many that one file provides.
  visit(`providers/${provider.replace(/:.*/, "")}.ts`);
  return [...found].sort();
}
