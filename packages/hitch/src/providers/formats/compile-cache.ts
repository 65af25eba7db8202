/** Node's cache of compiled code, which agents that are written for Node switch on. */
import type { Command, RunRequest } from "../../provider.ts";

/** Off, for it would stay in the temp directory; pi (0.87.1) starts 0.1 s later without. The caller's choice stays. */
export function withoutCompileCache({ env }: RunRequest): Command["env"] {
  const isChosen = env.NODE_COMPILE_CACHE !== undefined || env.NODE_DISABLE_COMPILE_CACHE !== undefined;
  return isChosen ? {} : { NODE_DISABLE_COMPILE_CACHE: "1" };
}
