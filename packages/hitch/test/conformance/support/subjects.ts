/** The real agents that Hitch is proven on: one file each in `subjects/`, which exports its subject alone. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Subject } from "../../../src/testing/index.ts";

const directory = join(import.meta.dirname, "../subjects");

/** The names of all files, without their extension. */
export const subjectNames = readdirSync(directory)
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.slice(0, -".ts".length))
  .sort();

/** Loads one: an agent that is only half there does not hold up the others. */
export async function loadSubject(name: string): Promise<Subject> {
  const [subject] = Object.values((await import(join(directory, `${name}.ts`))) as Record<string, Subject>);
  if (subject === undefined) throw new Error(`subjects/${name}.ts exports nothing`);
  return subject;
}
