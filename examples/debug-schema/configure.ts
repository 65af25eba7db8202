/** Points an agent at the scripted model, as a user points it at an endpoint: by the agent's own configuration. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The id of the scripted model. */
export const scriptedModel = "scripted/debug";

/** Writes the configuration below `directory`, in which the agent works; gives the variables it needs. */
export const configure: Readonly<Record<string, (directory: string, baseUrl: string) => Record<string, string>>> = {
  opencode(directory, baseUrl) {
    const models = { debug: { name: "Scripted", limit: { context: 200_000, output: 32_000 } } };
    const options = { baseURL: baseUrl, apiKey: "none" };
    const scripted = { npm: "@ai-sdk/openai-compatible", name: "Scripted", options, models };
    writeFileSync(join(directory, "opencode.json"), JSON.stringify({ provider: { scripted } }));
    return { HOME: directory, XDG_DATA_HOME: join(directory, "data"), XDG_CONFIG_HOME: join(directory, "config") };
  },
  pi(directory, baseUrl) {
    const home = join(directory, "pi");
    const models = [{ id: "debug", contextWindow: 200_000, maxTokens: 32_000, input: ["text"] }];
    const scripted = { baseUrl, api: "openai-completions", apiKey: "none", models };
    mkdirSync(home);
    writeFileSync(join(home, "models.json"), JSON.stringify({ providers: { scripted } }));
    return { PI_CODING_AGENT_DIR: home, PI_OFFLINE: "1" };
  },
};
