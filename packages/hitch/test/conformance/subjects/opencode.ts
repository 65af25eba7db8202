import { opencode as provider } from "../../../src/providers/opencode.ts";
import type { Subject } from "../../../src/testing/index.ts";
import { opencodeSubject } from "../support/opencode-subject.ts";

/** OpenCode, with the endpoint in the project's `opencode.json`. */
export const opencode: Subject = {
  ...opencodeSubject(provider, {
    file: "opencode.json",
    directories: [".opencode"],
    variable: "OPENCODE_CONFIG_CONTENT",
  }),
  exceptions: {
    "configuration-kept": "OpenCode adds `$schema` to a configuration file that has none.",
    "temp-clean": "OpenCode keeps an empty folder of its own there.",
  },
};
