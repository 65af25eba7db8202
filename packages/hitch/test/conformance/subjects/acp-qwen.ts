import { findProvider } from "../../../src/providers/index.ts";
import type { Provider } from "../../../src/provider.ts";
import type { Subject } from "../../../src/testing/index.ts";
import { acpModule } from "../support/acp-module.ts";
import { qwen } from "./qwen.ts";

const { exceptions: _own, ...shared } = qwen;

/** Qwen Code over the Agent Client Protocol, by `qwen --acp`. */
export const acpQwen: Subject = {
  ...shared,
  name: "acp-qwen",
  provider: findProvider("acp:qwen") as Provider,
  module: acpModule,
  exceptions: {
    "system-prompt-append": "Qwen Code trims a system prompt that is appended.",
    "failure-quota": "Over the protocol Qwen Code has the same words for an empty account as for every other 429.",
    "failure-reset": "It makes 21 calls within 4 minutes, which no setting shortens, before it says what is wrong.",
    "failure-output-limit": "Over the protocol Qwen Code asks its model to go on, and never tells that it stopped.",
    "temp-clean": "Over the protocol Qwen Code leaves an empty directory for its sockets.",
    "permissions-workspace":
      "Over the protocol a refusal ends Qwen Code's turn: nothing is done outside, and the run fails.",
  },
};
