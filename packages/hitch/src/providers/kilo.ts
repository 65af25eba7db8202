/**
 * Kilo, tested with 7.7.7: a fork of OpenCode, with names of its own.
 *
 *     kilo run --format json --agent code --model=provider/model … < prompt
 *
 * Understood: what OpenCode prints.
 *
 * What surprised us:
 * - A start takes 10 s of the processor, most of it before the model is asked, the first one and all others.
 * - Where nothing answers it tries again for ever, every 5 s. Our decoder ends that.
 * - A model's answer without an end is one to it: reason `other`, exit code 0.
 * - It replaces {env:NAME} and {file:PATH} in files of instructions too, which OpenCode does in its configuration only.
 * - It takes OpenCode's files in a project for its own too, and more: `opencode.json`, `.kilocode`.
 * - Behind the prompt it tells the model the time and the directory, in the same message.
 * - The npm package's command is a script that starts the program; the program finds by itself what comes with it.
 * - It makes files in the user's configuration directory at its first start, whatever it is asked.
 */
import { defineProvider } from "../provider.ts";
import { opencodeCapabilities, opencodeFunctions } from "./formats/opencode-command.ts";
import { keyVariables } from "./formats/opencode-keys.ts";
import { xdgPlaces } from "./formats/xdg-places.ts";

const keys = [{ name: "KILO_API_KEY", providers: ["kilo"] }, ...keyVariables];

const binary = (platform: string): string => `@kilocode/cli-${platform}/bin/kilo`;

export const kilo = defineProvider({
  id: "kilo",
  agent: {
    launch: [
      {
        name: "kilo",
        binaries: {
          "linux-x64": binary("linux-x64"),
          "linux-arm64": binary("linux-arm64"),
          "darwin-x64": binary("darwin-x64"),
          "darwin-arm64": binary("darwin-arm64"),
        },
      },
      { name: "kilo" },
    ],
    install: "npm install -g @kilocode/cli",
    version: { args: ["--version"], tested: "7.7.7" },
    login: {
      env: keys.map(({ name }) => name),
      files: ["~/.local/share/kilo/auth.json"],
    },
    keeps: xdgPlaces("kilo"),
  },
  capabilities: {
    ...opencodeCapabilities,
    // What it is and how it has to speak stands before every system prompt.
    options: { ...opencodeCapabilities.options, systemPrompt: { replace: false, append: true } },
  },
  ...opencodeFunctions({
    id: "kilo",
    variables: "KILO",
    data: { directory: "kilo", database: "kilo.db" },
    expandsInstructions: true,
    plugin: "@kilocode/plugin",
    keys,
    agents: ["code", "ask", "debug", "orchestrator", "plan", "general", "explore"],
    switches: [
      { name: "KILO_DISABLE_AUTOUPDATE", value: "1", reason: "replaces the program while others run it" },
      { name: "KILO_DISABLE_MODELS_FETCH", value: "1", reason: "a request to models.dev at each start" },
      { name: "KILO_DISABLE_LSP_DOWNLOAD", value: "1", reason: "fetches language servers when it sees a file" },
      { name: "KILO_DISABLE_SHARE", value: "1", reason: "would publish the session" },
      { name: "KILO_DISABLE_SESSION_INGEST", value: "1", reason: "sends sessions to Kilo's cloud" },
      { name: "KILO_TELEMETRY_LEVEL", value: "off", reason: "sends how it is used" },
    ],
  }),
});
