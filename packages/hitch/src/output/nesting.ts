/** What to do with values that are nested too deeply for a library that calls itself for each level. */
import type { Checked } from "./schema.ts";

/** The check's result; a stack overflow on the way is an issue of the value, and any other error goes on. */
export async function withoutOverflow(check: () => Checked | Promise<Checked>): Promise<Checked> {
  try {
    return await check();
  } catch (error) {
    if (!isOverflow(error)) throw error;
    return { ok: false, issues: [{ path: [], message: "is nested too deeply to be checked" }] };
  }
}

function isOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message === "Maximum call stack size exceeded";
}
