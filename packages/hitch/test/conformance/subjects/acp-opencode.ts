import { findProvider } from "../../../src/providers/index.ts";
import type { Provider } from "../../../src/provider.ts";
import type { Subject } from "../../../src/testing/index.ts";
import { acpModule } from "../support/acp-module.ts";
import { opencode } from "./opencode.ts";

/** OpenCode over the Agent Client Protocol, by `opencode acp`. */
export const acpOpencode: Subject = {
  ...opencode,
  name: "acp-opencode",
  provider: findProvider("acp:opencode") as Provider,
  module: acpModule,
  exceptions: {
    ...opencode.exceptions,
    "failure-output-limit": "Over the protocol an answer that was cut at the limit is told as a whole one.",
  },
};
