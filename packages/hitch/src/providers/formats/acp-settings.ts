/** Settings of a session that agents of the Agent Client Protocol let their clients choose: model, effort, mode. */
import { asArray, asObject, at, stringAt } from "../../vocabulary/json.ts";
import { refuse, type Call, type Refusal } from "./acp-session.ts";

/** What a setting is to be. */
export interface Setting {
  readonly option: "model" | "effort" | "mode";
  readonly value: string;
}

/**
 * How a session gets a setting: by the options that it came with, as today's protocol has it, or by the lists of models
 * and modes that some agents still use. Undefined: it has it already.
 */
export function chooseSetting(
  { option, value }: Setting,
  sessionId: string,
  offer: unknown,
): Call | Refusal | undefined {
  const found = findOption(option, offer);
  if (found === undefined) return refuse(`${option}: the agent lets its clients choose none`);
  const choice = found.choices.find((one) => one.value === value) ?? found.choices.find((one) => one.name === value);
  if (choice === undefined) {
    const known = found.choices.map((one) => one.value).slice(0, shownChoices);
    const more = found.choices.length > shownChoices ? ", …" : "";
    return refuse(
      `${option}: the agent has no ${JSON.stringify(value)}, but ${known.join(", ")}${more}`,
      unknownCodes[option],
    );
  }
  if (choice.value === found.current) return undefined;
  return { method: found.method, params: { sessionId, ...found.params(choice.value) } };
}

const shownChoices = 20;

export const unknownCodes = { model: "model-not-found", effort: "invalid-options", mode: "agent-error" } as const;

/** The model that a session answers with, if the agent tells. */
export function currentModel(offer: unknown): string | undefined {
  return findOption("model", offer)?.current;
}

interface Offered {
  readonly current: string | undefined;
  readonly choices: readonly { readonly value: string; readonly name: string | undefined }[];
  readonly method: string;
  readonly params: (value: string) => object;
}

const categories = { model: "model", effort: "thought_level", mode: "mode" } as const;

function findOption(option: Setting["option"], offer: unknown): Offered | undefined {
  const config = asArray(at(offer, "configOptions")).find((one) => stringAt(one, "category") === categories[option]);
  const configId = stringAt(config, "id");
  if (configId !== undefined) {
    return {
      current: stringAt(config, "currentValue"),
      choices: asArray(at(config, "options")).flatMap((one) => readChoices(one, "value")),
      method: "session/set_config_option",
      params: (value) => ({ configId, value }),
    };
  }
  if (option === "effort") return undefined;
  const { key, available, current, id, param, method } = lists[option];
  const offered = asObject(at(offer, key));
  return (
    offered && {
      current: stringAt(offered, current),
      choices: asArray(offered[available]).flatMap((one) => readChoices(one, id)),
      method,
      params: (value) => ({ [param]: value }),
    }
  );
}

const lists = {
  model: {
    key: "models",
    available: "availableModels",
    current: "currentModelId",
    id: "modelId",
    param: "modelId",
    method: "session/set_model",
  },
  mode: {
    key: "modes",
    available: "availableModes",
    current: "currentModeId",
    id: "id",
    param: "modeId",
    method: "session/set_mode",
  },
} as const;

/** Choices may stand in groups. */
function readChoices(one: unknown, key: string): Offered["choices"] {
  const value = stringAt(one, key);
  if (value !== undefined) return [{ value, name: stringAt(one, "name") }];
  return asArray(at(one, "options")).flatMap((inner) => readChoices(inner, key));
}
