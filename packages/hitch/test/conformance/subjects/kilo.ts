import { kilo as provider } from "../../../src/providers/kilo.ts";
import type { Subject } from "../../../src/testing/index.ts";
import { opencodeSubject } from "../support/opencode-subject.ts";

/** Kilo, with the endpoint in the project's `kilo.json`. */
export const kilo: Subject = {
  ...opencodeSubject(provider, {
    file: "kilo.json",
    directories: [".kilo", ".kilocode"],
    variable: "KILO_CONFIG_CONTENT",
  }),
  exceptions: {
    "configuration-kept": "Kilo adds `$schema` to a configuration file that has none.",
    "temp-clean": "Kilo keeps an empty folder of its own there.",
  },
};
