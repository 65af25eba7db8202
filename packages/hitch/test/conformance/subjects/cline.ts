import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { cline as provider } from "../../../src/providers/cline.ts";
import { toolCall, type Subject } from "../../../src/testing/index.ts";
import { noClean } from "../support/no-clean.ts";
import { writeJson } from "../support/write-json.ts";

/** Cline, with the endpoint in its `providers.json`, as `cline auth` writes it. */
export const cline: Subject = {
  provider,
  executable: "cline",
  // One whose price it knows, from a vendor whose endpoint speaks as most do.
  model: "kimi-k2.6",
  configure({ home }, { baseUrl }) {
    const directory = join(home, "cline");
    const settings = join(directory, "data", "settings");
    mkdirSync(settings, { recursive: true });
    const name = "moonshot";
    const mock = { provider: name, apiKey: "a-key-for-the-mock", baseUrl };
    const entry = { settings: mock, updatedAt: "2026-01-01T00:00:00.000Z", tokenSource: "manual" };
    writeJson(join(settings, "providers.json"), { version: 1, lastUsedProvider: name, providers: { [name]: entry } });
    writeJson(join(settings, "global-settings.json"), { telemetryOptOut: true });
    return { CLINE_DIR: directory };
  },
  calls: {
    shell: (command, more) => toolCall("run_commands", { commands: [command] }, more),
    write: (path, content) => toolCall("editor", { path, new_text: content }),
    read: (path) => toolCall("read_files", { files: [{ path }] }),
  },
  exceptions: {
    ...noClean("Cline runs the hooks and plugins of a project whatever its settings and flags say."),
    "keys-hidden": "Cline's commands inherit every variable. A key in its providers.json they do not see.",
    "tools-without-text": "Cline asks a model that says nothing twice more, and then fails.",
    "system-prompt-replace": "Cline drops the white space around a system prompt.",
    "configuration-kept": "Cline writes the provider and the model of each run into its providers.json.",
    "prompt-white-space": "Cline drops the white space around a prompt.",
  },
};
