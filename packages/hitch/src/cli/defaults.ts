/** The user's defaults: `HITCH_*` variables over `hitch/config.json` in the configuration directory. Nothing comes from the repository. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mergeOptions, optionNames, type HarnessOptions } from "../run/options.ts";
import { HarnessError } from "../vocabulary/error.ts";
import { asObject } from "../vocabulary/json.ts";
import { homeOf } from "./home.ts";
import { parseJsonFile } from "./json-file.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that set an option. */
export const variables = {
  HITCH_PROVIDER: "provider",
  HITCH_MODEL: "model",
  HITCH_EFFORT: "effort",
  HITCH_PERMISSIONS: "permissions",
} as const satisfies Record<string, keyof HarnessOptions>;

/** Options that belong to one call, so that a default for them makes no sense. */
const perCall: readonly string[] = ["cwd", "session", "fork", "attachments", "signal", "onEvent"];

/** The names that may stand in the file. */
const configurable = optionNames.filter((name) => !perCall.includes(name));

/** `$XDG_CONFIG_HOME/hitch/config.json`, else `~/.config/hitch/config.json`. */
function configFileOf(env: Environment): string {
  return join(env.XDG_CONFIG_HOME || join(homeOf(env), ".config"), "hitch", "config.json");
}

/**
 * Reads the defaults. The values are checked where all options are.
 *
 * @throws HarnessError `invalid-options` if the file is there but cannot be understood.
 */
export function readDefaults(env: Environment): HarnessOptions {
  const file = configFileOf(env);
  const text = readIfThere(file);
  return mergeOptions(text === undefined ? {} : parseDefaults(file, text), readVariables(env));
}

/** The options in the text of a configuration file; comments and trailing commas are allowed. */
export function parseDefaults(file: string, text: string): HarnessOptions {
  const values = asObject(parseJsonFile("config", file, text, hint));
  if (values === undefined) throw refusal("config", "wrong-type", `${file}: it is not a JSON object`);
  for (const name of Object.keys(values)) {
    if (configurable.includes(name)) continue;
    throw refusal(
      name,
      "unknown",
      `${file}: there is no default ${JSON.stringify(name)}; known: ${configurable.join(", ")}`,
    );
  }
  return values;
}

function readVariables(env: Environment): HarnessOptions {
  // An empty variable is one that was unset by hand.
  return Object.fromEntries(Object.entries(variables).map(([name, option]) => [option, env[name] || undefined]));
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw refusal("config", "unreadable", `${file} cannot be read: ${(error as Error).message}`, error);
  }
}

const hint = "Correct the file or remove it.";

function refusal(option: string, reason: string, message: string, cause?: unknown): HarnessError {
  return new HarnessError({ code: "invalid-options", option, reason, message, cause, hint });
}
