import { findProvider } from "../../../src/providers/index.ts";
import type { Provider } from "../../../src/provider.ts";
import type { Subject } from "../../../src/testing/index.ts";
import { qwen } from "./qwen.ts";

const { exceptions: _own, ...shared } = qwen;

/** Qwen Code over the Agent Client Protocol, by `qwen --acp`. */
export const acpQwen: Subject = {
  ...shared,
  name: "acp-qwen",
  provider: findProvider("acp:qwen") as Provider,
  exceptions: {
    "temp-clean": "Over the protocol Qwen Code leaves an empty directory for its sockets.",
    "permissions-workspace":
      "Over the protocol a refusal ends Qwen Code's turn: nothing is done outside, and the run fails.",
  },
};
