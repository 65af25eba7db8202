/** A value of the caller's schema, by whichever way the agent has. */
import { text, type AnswerTurn } from "../mock-model/turns.ts";
import type { RecordedRequest } from "../mock-model/requests.ts";
import { defineBehaviour, hold, holdSame } from "./behaviour.ts";
import type { Bench } from "./bench.ts";
import { giveValue } from "./model-words.ts";
import { holdCompleted, type Ran } from "./ran.ts";

const ageSchema = {
  type: "object",
  properties: { age: { type: "integer", maximum: 100 } },
  required: ["age"],
  additionalProperties: false,
};

/** With all that some dialects can't express. */
const richSchema = {
  type: "object",
  properties: {
    title: { type: "string", default: "none" },
    note: { type: "string" },
    size: { anyOf: [{ type: "integer" }, { type: "string" }] },
    labels: { type: "object", additionalProperties: { type: "string" } },
    parts: { type: "array", items: { $ref: "#" } },
  },
  required: ["size"],
};

const richValue = { size: 3, labels: { colour: "red" }, parts: [{ size: "small", note: "the inner one" }] };

export const outputBehaviours = [
  defineBehaviour({
    id: "schema",
    title: "gives a value of the caller's schema",
    required: true,
    async prove(bench) {
      const ran = await runFor(bench, ageSchema, [{ age: 42 }]);
      holdCompleted(ran);
      holdSame(ran.result.output, { age: 42 }, "The value");
      return ran.result.attempts?.at(-1)?.output?.via;
    },
  }),
  defineBehaviour({
    id: "schema-corrected",
    title: "has a value that does not fit corrected by its model",
    required: true,
    async prove(bench) {
      const ran = await runFor(bench, ageSchema, [{ age: 1_000 }, { age: 42 }]);
      holdCompleted(ran);
      holdSame(ran.result.output, { age: 42 }, "The value");
      const outputs = ran.result.attempts?.map(({ output }) => output) ?? [];
      const issues = outputs.flatMap((output) => output?.issues ?? []);
      hold(
        issues.some((issue) => issue.includes("age")),
        "The issue should be told",
        outputs,
      );
      return outputs.at(-1)?.via;
    },
  }),
  defineBehaviour({
    id: "schema-never-right",
    title: "ends with the code invalid-output when its model never gets the value right",
    required: true,
    async prove(bench) {
      const { status, error, result } = await runFor(bench, ageSchema, [{ age: 1_000 }], true);
      hold(status === "failed" && error?.code === "invalid-output", "The code should be invalid-output", error);
      const raw = result.attempts?.flatMap(({ output }) => output?.raw ?? []) ?? [];
      hold(raw.length > 0, "The answers should be kept", result.attempts);
    },
  }),
  defineBehaviour({
    id: "schema-rich",
    title: "gives a value with optional, alternative, free and nested parts",
    required: true,
    async prove(bench) {
      const ran = await runFor(bench, richSchema, [richValue]);
      holdCompleted(ran);
      holdSame(ran.result.output, richValue, "The value");
      return ran.result.attempts?.at(-1)?.output?.via;
    },
  }),
];

/** The model gives these values one after the other, then a last word, or for ever the last one. */
function runFor(bench: Bench, schema: object, values: readonly Value[], forEver = false): Promise<Ran> {
  const turns = (request: RecordedRequest, index: number): AnswerTurn => {
    const value = values[index] ?? (forEver ? values.at(-1) : undefined);
    return value === undefined ? text("Done.") : giveValue(request, value);
  };
  return bench.run({ turns }, { prompt: "How old is the oldest of them?", options: { schema: { ...schema } } });
}

type Value = Readonly<Record<string, unknown>>;
