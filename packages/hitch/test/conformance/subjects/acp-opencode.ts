import { findProvider } from "../../../src/providers/index.ts";
import type { Provider } from "../../../src/provider.ts";
import type { Subject } from "../../../src/testing/index.ts";
import { opencode } from "./opencode.ts";

/** OpenCode over the Agent Client Protocol, by `opencode acp`. */
export const acpOpencode: Subject = {
  ...opencode,
  name: "acp-opencode",
  provider: findProvider("acp:opencode") as Provider,
  vagueFailures: "Over the protocol OpenCode tells the words of a failure and not the status.",
};
