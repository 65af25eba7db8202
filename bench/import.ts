/** What `import "hitch"` costs over an empty module. */
import { compare, type Measured } from "./measure.ts";

export function benchImport(): Promise<Record<"empty" | "hitch", Measured>> {
  const module = (source: string) => () => ({ args: [process.execPath, "--input-type=module", "-e", source] });
  return compare({ empty: module(""), hitch: module('import "hitch";') }, 15);
}
