import { findProvider } from "../../../src/providers/index.ts";
import type { Provider } from "../../../src/provider.ts";
import type { Subject } from "../../../src/testing/index.ts";
import { acpModule } from "../support/acp-module.ts";
import { noClean } from "../support/no-clean.ts";
import { copilot } from "./copilot.ts";

const { exceptions: _own, ...shared } = copilot;

/** Copilot over the Agent Client Protocol, by `copilot --acp`. */
export const acpCopilot: Subject = {
  ...shared,
  name: "acp-copilot",
  provider: findProvider("acp:copilot") as Provider,
  module: acpModule,
  exceptions: {
    ...noClean("Over the protocol Copilot trusts the directory that it works in, and starts what that names."),
    "permissions-workspace":
      "Over the protocol a refusal ends Copilot's turn: nothing is done outside, and the run fails.",
    "prompt-white-space": "Copilot drops the white space at a prompt's end.",
    "failure-output-limit": "Over the protocol Copilot asks its model to go on, and never tells that it stopped.",
  },
};
