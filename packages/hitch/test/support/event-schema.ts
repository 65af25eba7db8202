import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";

const schema: unknown = JSON.parse(readFileSync(new URL("../../events.schema.json", import.meta.url), "utf8"));

/** The types of events that the schema knows, and the error codes. */
export const { eventTypes, errorCodes } = namesIn(
  schema as { oneOf: { title: string }[]; $defs: { code: { enum: string[] } } },
);

const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema as object);

/** Throws unless `event` is one that the published schema allows. */
export function assertEvent(event: unknown): void {
  // What a reader of JSON lines sees: `undefined` fields are gone.
  const seen: unknown = JSON.parse(JSON.stringify(event, spellBigInt));
  if (!validate(seen)) {
    const problems = (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
    throw new Error(`${JSON.stringify(seen).slice(0, 2000)}\nis no event: ${problems.join("; ")}`);
  }
}

function namesIn({ oneOf, $defs }: { oneOf: { title: string }[]; $defs: { code: { enum: string[] } } }) {
  return { eventTypes: oneOf.map(({ title }) => title), errorCodes: $defs.code.enum };
}

/** An output may be what JSON is not; the schema has nothing to say of it. */
function spellBigInt(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
