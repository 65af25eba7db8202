/** What `import "hitch"` costs over the import of an empty module. */
import { compare, type Measured } from "./measure.ts";

export function benchImport(): Promise<Record<"empty" | "hitch", readonly Measured[]>> {
  const module = (specifier: string) => () => {
    return {
      args: [process.execPath, "--input-type=module", "-e", `import "${specifier}";`],
      cwd: import.meta.dirname,
    };
  };
  return compare({ empty: module("./hosts/empty.js"), hitch: module("hitch") }, 21);
}
